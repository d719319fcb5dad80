import { Gp3StorageClass, type Gp3StorageClassProps } from "../../lib/kubernetes/gp3-storage-class";
import { keys } from "../support/synthesis/surroundings";
import { type Arguments, resourceOf, synthesizeStack } from "../support/synthesis/synthesized";

const base: Gp3StorageClassProps = { name: "orders-gp3", keys };
const storageClass = (props: Partial<Gp3StorageClassProps> = {}) =>
  resourceOf(
    synthesizeStack((stack) => new Gp3StorageClass(stack, "Class", { ...base, ...props })),
    "kubernetes_storage_class_v1",
  );
const problemOf = (props: Partial<Gp3StorageClassProps>) => {
  try {
    storageClass(props);
  } catch (error) {
    return (error as Error).message;
  }
};
const problem = (path: string, message: string) =>
  `1 problem in the configuration, nothing was synthesized:\n  Test/Class${path}: ${message}`;

test.each<[string, Arguments]>([
  ["has the name that charts know it by", { metadata: { name: "orders-gp3" } }],
  ["is made by the add-on's driver", { storage_provisioner: "ebs.csi.aws.com" }],
  ["makes a volume where its pod is", { volume_binding_mode: "WaitForFirstConsumer" }],
  ["lets a volume grow", { allow_volume_expansion: true }],
  ["keeps a volume whose claim goes", { reclaim_policy: "Retain" }],
])("%s", (_, args) => {
  expect(storageClass()).toMatchObject(args);
});

test("encrypts with our key", () => {
  expect(storageClass().parameters).toEqual({ type: "gp3", encrypted: "true", kmsKeyId: keys.volumes });
});

test("without deletion protection, lets a volume go with its claim", () => {
  expect(storageClass({ deletionProtection: false })).toMatchObject({ reclaim_policy: "Delete" });
});

test.each([
  [true, "Retain"],
  [false, "Delete"],
])("is replaced by a change of deletion protection, here to %s", (deletionProtection, reclaimPolicy) => {
  const tf = synthesizeStack((stack) => new Gp3StorageClass(stack, "Class", { ...base, deletionProtection }));
  expect(resourceOf(tf, "terraform_data")).toEqual({ triggers_replace: { reclaimPolicy } });
  expect(resourceOf(tf, "kubernetes_storage_class_v1").lifecycle).toEqual({
    replace_triggered_by: [`terraform_data.${Object.keys(tf.resource?.terraform_data ?? {})[0]}`],
  });
});

test("gives its name as plain text, for charts' values", () => {
  synthesizeStack((stack) => {
    expect(new Gp3StorageClass(stack, "Class", base).name).toBe("orders-gp3");
  });
});

test.each<[Partial<Gp3StorageClassProps>, string, string]>([
  [{ name: "Orders" }, ".name", "must be lower-case letters, digits, '-' and '.', at most 253, got 'Orders'"],
  [{ keys: {} as typeof keys }, ".keys.volumes", "is missing, must be the ARN of a KMS key"],
])("refuses %j", (props, path, message) => {
  expect(problemOf(props)).toBe(problem(path, message));
});
