import { environments } from "./support/synthesis/environments";
import { type Arguments, stackOf, type TerraformJson } from "./support/synthesis/synthesized";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";

const { stacks, ...rest } = synthesizedOnce(environments);

const bucketsOf = (tf: TerraformJson): string[] =>
  Object.keys(tf.resource?.aws_s3_bucket ?? {}).map((id) => `aws_s3_bucket.${id}`);
const loggingOf = (tf: TerraformJson): Arguments[] => Object.values(tf.resource?.aws_s3_bucket_logging ?? {});
const regionOf = (tf: TerraformJson, address: string): unknown =>
  tf.resource?.aws_s3_bucket?.[address.slice(address.indexOf(".") + 1)]?.region;

const production = Object.entries(stacks).filter(([stack]) => stack.startsWith("production-"));
const buckets = production.flatMap(([stack, tf]) => bucketsOf(tf).map((address) => ({ stack, tf, address })));
const isOf = (argument: string, address: string) => (logging: Arguments) =>
  String(logging[argument]).startsWith(`\${${address}.`);
const isForLogs = ({ tf, address }: (typeof buckets)[number]) => loggingOf(tf).some(isOf("target_bucket", address));

test("every bucket of production has access logs, but for those that hold them", () => {
  const silent = buckets.filter((it) => !isForLogs(it) && !loggingOf(it.tf).some(isOf("bucket", it.address)));
  expect(silent.map(({ stack, address }) => `${stack} ${address}`)).toEqual([]);
  // Otherwise none would be missing.
  expect(buckets.filter((it) => !isForLogs(it)).map(({ stack }) => stack)).toEqual([
    "production-monitoring",
    "production-recovery",
    "production-recovery",
    "production-state",
    "production-state",
  ]);
});

test("logs are in the Region of the bucket that they are of, and no bucket of logs has logs itself", () => {
  const logged = production.flatMap(([, tf]) => loggingOf(tf).map((logging) => ({ tf, logging })));
  for (const { tf, logging } of logged) {
    const [source, target] = [logging.bucket, logging.target_bucket].map((reference) =>
      String(reference).replace(/^\$\{(aws_s3_bucket\.\w+)\..*$/, "$1"),
    ) as [string, string];
    expect([target, regionOf(tf, target)]).toEqual([target, regionOf(tf, source)]);
    expect(logging.region).toBe(regionOf(tf, source));
    expect(loggingOf(tf).filter(isOf("bucket", target))).toEqual([]);
  }
});

test("production's state is replicated to a second Region", () => {
  const tf = stackOf({ stacks, ...rest }, "production-state");
  expect(Object.keys(tf.resource ?? {})).toContain("aws_s3_bucket_replication_configuration");
});

test("staging, which is small, has neither", () => {
  const staging = Object.entries(stacks).filter(([stack]) => stack.startsWith("staging-"));
  const types = staging.flatMap(([, tf]) => Object.keys(tf.resource ?? {}));
  expect(types).not.toContain("aws_s3_bucket_logging");
  expect(types).not.toContain("aws_s3_bucket_replication_configuration");
});
