import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

// Writes what AWS has, as far as configuration is checked with it: Regions, of botocore's endpoints; EC2's instance
// types, of botocore's service model and of moto's copies of EC2's own answers. Neither needs an account:
//   pip install --target FOLDER botocore moto && node --import tsx scripts/aws-catalogue.ts FOLDER

interface InstanceType {
  readonly Hypervisor?: string;
  readonly BareMetal: boolean;
  readonly MemoryInfo: { readonly SizeInMiB: number };
  readonly ProcessorInfo: { readonly SupportedArchitectures: readonly string[] };
  readonly VCpuInfo: { readonly DefaultVCpus: number };
}
interface Endpoints {
  readonly partitions: readonly {
    readonly partition: string;
    readonly regions: object;
    readonly services: { readonly eks?: { readonly endpoints: object } };
  }[];
}

const PARTITIONS = ["aws", "aws-us-gov"];
/** Families of which one is chosen where none is named, and those that take its place where a Region lacks it. */
const CHOSEN = /^(?:[cmr][67]i|x8i|[cmr][678]g|x8g)$/;
/** EKS's images need Nitro, or no hypervisor; those of macOS and the first Graviton are none of theirs. */
const NO_NODES = /^(?:mac|a1$)/;
/** Too small for the pods that every node has. */
const TOO_SMALL = /^(?:nano|micro)$/;
/** Those that moto does not describe and that the service model has, with what they run; without them older ones are left out. */
const UNDESCRIBED: Readonly<Record<string, string>> = {
  dl1: "x86_64",
  g4ad: "x86_64",
  "p6e-gb200": "arm64",
  "u-9tb1": "x86_64",
  "u-12tb1": "x86_64",
  "u-18tb1": "x86_64",
  "u-24tb1": "x86_64",
  "u7ib-12tb": "x86_64",
  "u7inh-32tb": "x86_64",
};

const packages = folderOfPackages();
const CONFIG = join(__dirname, "..", "lib", "config");

function folderOfPackages(): string {
  const [, , folder] = process.argv;
  if (folder === undefined) throw new Error("the first argument must be the folder of botocore and moto, got none");
  return folder;
}

function read<T>(path: string): T {
  const file = join(packages, path);
  return JSON.parse(path.endsWith(".gz") ? gunzipSync(readFileSync(file)).toString() : readFileSync(file, "utf8")) as T;
}

const compareText = (a: string, b: string): number => (a < b ? -1 : 1);
const splitName = (name: string): [family: string, size: string] => {
  const [family = "", size = ""] = name.split(".");
  return [family, size];
};

const regions = Object.fromEntries(
  read<Endpoints>("botocore/data/endpoints.json")
    .partitions.filter(({ partition }) => PARTITIONS.includes(partition))
    .map(({ partition, regions, services }) => [
      partition,
      Object.keys(services.eks?.endpoints ?? {})
        .filter((region) => region in regions)
        .sort(compareText),
    ]),
);

const described = read<Readonly<Record<string, InstanceType>>>("moto/ec2/resources/instance_types.json.gz");
const model = read<{ readonly shapes: { readonly InstanceType: { readonly enum: readonly string[] } } }>(
  "botocore/data/ec2/2016-11-15/service-2.json.gz",
);
const families = new Map<string, { readonly runs: string; readonly sizes: Map<string, readonly [number, number]> }>();
for (const [name, type] of Object.entries(described)) {
  const [family, size] = splitName(name);
  const runs = type.ProcessorInfo.SupportedArchitectures.find((it) => it === "x86_64" || it === "arm64");
  const isNode = (type.BareMetal || type.Hypervisor === "nitro") && !NO_NODES.test(family) && !TOO_SMALL.test(size);
  if (runs === undefined || !isNode) continue;
  const known = families.get(family) ?? { runs, sizes: new Map() };
  families.set(family, known);
  known.sizes.set(size, [type.VCpuInfo.DefaultVCpus, type.MemoryInfo.SizeInMiB / 1024]);
}
for (const name of model.shapes.InstanceType.enum) {
  const [family, size] = splitName(name);
  const runs = UNDESCRIBED[family];
  if (runs === undefined || families.get(family)?.sizes.has(size)) continue;
  const known = families.get(family) ?? { runs, sizes: new Map() };
  families.set(family, known);
  known.sizes.set(size, [0, 0]);
}

const chosen = [...families.keys()].filter((family) => CHOSEN.test(family));
const OFFERINGS = "moto/ec2/resources/instance_type_offerings/region";
const lacking = readdirSync(join(packages, OFFERINGS))
  .map((file): [string, string[]] => {
    const offered = read<readonly { readonly InstanceType: string }[]>(join(OFFERINGS, file));
    const has = new Set(offered.map(({ InstanceType }) => splitName(InstanceType)[0]));
    return [file.split(".")[0] ?? "", chosen.filter((family) => !has.has(family)).sort(compareText)];
  })
  .filter(([, missing]) => missing.length > 0)
  .sort(([a], [b]) => compareText(a, b));

const version = (name: string): string =>
  readdirSync(packages)
    .map((folder) => new RegExp(`^${name}-(.+)\\.dist-info$`).exec(folder)?.[1])
    .find((it) => it !== undefined) ?? "";
const source = `botocore ${version("botocore")} and moto ${version("moto")}`;

writeFileSync(
  join(CONFIG, "aws-regions.ts"),
  `/** Regions that have EKS, by partition. Written by scripts/aws-catalogue.ts from ${source}. */
export const REGIONS: Readonly<Record<string, readonly string[]>> = ${JSON.stringify(regions)};

/**
 * Of the families of EC2 of which one is chosen where none is named, those that a Region lacks; unknown for Regions of
 * which moto has no answer of EC2.
 */
export const LACKING_FAMILIES: Readonly<Record<string, readonly string[]>> = ${JSON.stringify(Object.fromEntries(lacking))};
`,
);

const lines = [...families]
  .sort(([a], [b]) => compareText(a, b))
  .map(([family, { runs, sizes }]) => {
    const written = [...sizes]
      .sort(([a, [cores]], [b, [other]]) => cores - other || compareText(a, b))
      .map(([size, [cores, gib]]) => (cores === 0 ? size : `${size}:${cores}:${gib}`));
    return `  ${JSON.stringify(family)}: ${JSON.stringify(`${runs} ${written.join(" ")}`)},`;
  });
writeFileSync(
  join(CONFIG, "ec2-families.ts"),
  `/**
 * EC2's families on which EKS runs, each with its instruction set and its sizes: \`large:2:8\` has 2 vCPUs and 8 GiB; of a
 * size without numbers they are not known. Written by scripts/aws-catalogue.ts from ${source}.
 */
export const EC2_FAMILIES: Readonly<Record<string, string>> = {
${lines.join("\n")}
};
`,
);
