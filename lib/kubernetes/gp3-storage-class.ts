import { StorageClassV1 } from "@cdktf/provider-kubernetes/lib/storage-class-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { shown } from "../core/problems";
import { checkProps, isTrueOrFalse, mapOf, optional, type Rules, refined, text } from "../core/rules";
import { isTagKey, isTagValue } from "../core/tags";
import { type KeyArns, keysFor } from "../security/encryption-keys";

export interface Gp3StorageClassProps {
  /** The class's name in its cluster. */
  readonly name: string;
  /** Key of the volumes. */
  readonly keys: Pick<KeyArns, "volumes">;
  /** Tags of the volumes, which the AWS provider's default tags do not reach. @default - those of the driver alone */
  readonly tags?: Readonly<Record<string, string>>;
  /** Whether a volume outlives its claim. What was made before a change keeps what it was made with. @default true */
  readonly deletionProtection?: boolean;
}

/** The driver cuts a tag at its first '='. */
export const isVolumeTags = mapOf(
  isTagValue,
  refined<string>(isTagKey, (key, path) =>
    key.includes("=") ? [{ path, message: `must be named without '=', got ${shown(key)}` }] : [],
  ),
);

const RULES: Rules<Gp3StorageClassProps> = {
  name: text("lower-case letters, digits, '-' and '.', at most 253", /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/),
  keys: keysFor("volumes"),
  tags: optional(isVolumeTags),
  deletionProtection: optional(isTrueOrFalse),
};

/**
 * Volumes of pods: gp3, encrypted with our key, made in the zone where the pod is, and able to grow. Kubernetes has no
 * other guard than the volume that stays: a namespace that goes takes its claims along, in one run and unasked.
 */
export class Gp3StorageClass extends Construct {
  /** Not a token, so that chart values stay plain; what uses it depends on `resource`. */
  readonly name: string;
  readonly resource: ITerraformDependable;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: Gp3StorageClassProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const { name, keys, tags = {}, deletionProtection = true } = props;

    this.name = name;
    this.resource = new StorageClassV1(this, "Resource", {
      metadata: { name },
      storageProvisioner: "ebs.csi.aws.com",
      // The provider's default is Immediate: a volume in a zone where the pod may never run.
      volumeBindingMode: "WaitForFirstConsumer",
      allowVolumeExpansion: true,
      reclaimPolicy: deletionProtection ? "Retain" : "Delete",
      parameters: {
        type: "gp3",
        encrypted: "true",
        kmsKeyId: keys.volumes,
        ...Object.fromEntries(
          Object.entries(tags).map(([key, value], index) => [`tagSpecification_${index + 1}`, `${key}=${value}`]),
        ),
      },
    });
  }
}
