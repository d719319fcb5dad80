import { remainsOf, remoteStatesIn, resourcesIn, taggedTypesIn } from "../../../scripts/rehearsal/states";
import type { StateResource, TerraformState } from "../../support/synthesis/terraform-state";

const resource = (address: string, attributes: object, ...dependencies: readonly string[]): StateResource => {
  const [name = "", type = "", mode] = address.split(".").reverse();
  return {
    ...{ mode: mode === "data" ? "data" : "managed", type, name },
    instances: [{ attributes: { ...attributes }, dependencies }],
  };
};

const state: TerraformState = {
  serial: 7,
  outputs: { arn: { value: "arn" } },
  resources: [
    resource("data.terraform_remote_state.Keys", {}),
    resource("data.terraform_remote_state.Network", {}),
    resource("aws_kms_replica_key.Key", { arn: "arn" }, "data.terraform_remote_state.Keys"),
    resource("aws_backup_vault.Vault", { name: "orders", tags: null }, "aws_kms_replica_key.Key"),
    resource("aws_backup_vault_policy.Policy", { policy: "{}" }, "aws_backup_vault.Vault", "aws_kms_replica_key.Key"),
    resource("aws_security_group.Group", { name: "made-up", tags: null }, "data.terraform_remote_state.Network"),
  ],
};

test("a resource has the arguments that its block sets, and an address for each instance", () => {
  const each = { mode: "managed", type: "aws_kms_key", name: "Each" } as const;
  const instances = [{ index_key: "one", attributes: { description: "One", arn: "made-up" } }];
  const tf = {
    resource: { aws_kms_key: { Each: { description: "${each.value}" } }, aws_security_group: { Group: {} } },
  };
  expect(resourcesIn({ resources: [{ ...each, instances }, ...(state.resources ?? []).slice(-1)] }, tf)).toEqual([
    { address: 'aws_kms_key.Each["one"]', type: "aws_kms_key", args: { description: "One" } },
    { address: "aws_security_group.Group", type: "aws_security_group", args: {} },
  ]);
  expect(resourcesIn({}, tf)).toEqual([]);
});

test("what AWS refuses to destroy stays with all that it depends on", () => {
  const { resources, outputs, serial } = remainsOf(state, ["aws_backup_vault.Vault"]);
  expect(resources?.map(({ name }) => name)).toEqual(["Keys", "Key", "Vault"]);
  expect({ outputs, serial }).toEqual({ outputs: {}, serial: 7 });
});

test("of an instance, all instances of its block stay", () => {
  expect(remainsOf(state, ['aws_kms_replica_key.Key["one"]']).resources?.map(({ name }) => name)).toEqual([
    "Keys",
    "Key",
  ]);
});

test("nothing stays if AWS refuses nothing", () => {
  expect(remainsOf(state, []).resources).toEqual([]);
});

test("a state shows which types have tags, and which stacks' outputs it reads", () => {
  expect(taggedTypesIn(state)).toEqual(["aws_backup_vault", "aws_security_group"]);
  expect(remoteStatesIn(remainsOf(state, ["aws_backup_vault.Vault"]))).toEqual(["Keys"]);
});
