import type { ClusterShape, ManagedBackup } from "./managed-clusters";

/** kurrent-io/terraform-provider-kurrentcloud, esc/resource_managed_cluster.go: what it takes, in lower case alone. */
const TOPOLOGIES = ["single-node", "three-node-multi-zone"];
const INSTANCE_TYPES = ["f1", "c4", "m8", "m16", "m32", "m64", "m128"];
const PROJECTION_LEVELS = ["off", "system", "user"];
const DISK_GB = { least: 8, most: 4096 };
/** Of gp3, which must have both; other disks must have neither. */
const IOPS = { least: 3000, most: 16_000 };
const THROUGHPUT = { least: 125, most: 1000 };

/** Has to be known of a cluster; disk speeds and the access list depend on the rest. */
const NEEDED = [
  ...(["networkId", "topology", "instanceType", "diskType", "diskSizeGb"] as const),
  ...(["projectionLevel", "publicAccess", "protected"] as const),
];

/** What is wrong with a cluster that is to be made of a backup. */
export function shapeProblems(shape: Partial<ClusterShape>, backup: Pick<ManagedBackup, "sizeGb">): readonly string[] {
  const { topology, instanceType, projectionLevel, diskType, diskSizeGb, publicAccess, aclId } = shape;
  const least = Math.max(DISK_GB.least, backup.sizeGb);
  return [
    ...NEEDED.filter((key) => shape[key] === undefined).map(
      (key) => `${key}: must be given, for the cluster that the backup was made of is no more`,
    ),
    ...oneOf("topology", topology, TOPOLOGIES),
    ...oneOf("instanceType", instanceType?.toLowerCase(), INSTANCE_TYPES),
    ...oneOf("projectionLevel", projectionLevel, PROJECTION_LEVELS),
    ...(diskSizeGb === undefined ? [] : within("diskSizeGb", diskSizeGb, { ...DISK_GB, least })),
    ...(diskType === undefined ? [] : speedProblems(shape)),
    ...(publicAccess === true && aclId === undefined ? ["aclId: must be given for a public cluster"] : []),
    ...(publicAccess === false && aclId !== undefined ? ["aclId: must not be given for a private cluster"] : []),
  ];
}

export const isWhole = (shape: Partial<ClusterShape>): shape is ClusterShape =>
  shape.serverVersion !== undefined && NEEDED.every((key) => shape[key] !== undefined);

function speedProblems({ diskType, diskIops, diskThroughput }: Partial<ClusterShape>): readonly string[] {
  if (diskType === "gp3")
    return [...within("diskIops", diskIops, IOPS), ...within("diskThroughput", diskThroughput, THROUGHPUT)];
  const given = Object.entries({ diskIops, diskThroughput }).filter(([, value]) => value !== undefined);
  return given.map(([key, value]) => `${key}: must not be given for a disk of type ${diskType}, got ${value}`);
}

const oneOf = (path: string, value: string | undefined, known: readonly string[]): readonly string[] =>
  value === undefined || known.includes(value) ? [] : [`${path}: must be one of ${known.join(", ")}, got '${value}'`];

const within = (path: string, value: number | undefined, { least, most }: { least: number; most: number }) =>
  value !== undefined && Number.isInteger(value) && value >= least && value <= most
    ? []
    : [`${path}: must be ${least} to ${most}, got ${value}`];
