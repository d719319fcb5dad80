import { production } from "../environments/production";
import type { Environment } from "../lib/config/environment";
import { environments } from "./support/synthesis/environments";
import { MOVES } from "./support/synthesis/moves";
import { type Arguments, withoutHash } from "./support/synthesis/synthesized";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";

const stacksOf = (name: string, environment: Environment) =>
  Object.entries(synthesizedOnce({ [name]: environment }).stacks);
const valueAt = (args: Arguments, path: string): unknown =>
  path.split(".").reduce<unknown>((value, key) => (value as Arguments | undefined)?.[key], args);
const ignoredBy = ({ lifecycle }: Arguments): readonly string[] =>
  ((lifecycle as Arguments | undefined)?.ignore_changes ?? []) as readonly string[];
/** `ignore_changes` numbers the blocks that the JSON leaves as objects. */
const inIgnored = (path: string): string => path.replace(".", "[0].");

/** What others move, by the resource's type: the columns "who" and "argument" of docs/drift.md. */
const MOVED: Readonly<Record<string, (args: Arguments) => readonly string[]>> = {
  aws_db_instance: ({ multi_az }) => ["engine_version", ...(multi_az === true ? ["availability_zone"] : [])],
  aws_eks_node_group: (args) =>
    valueAt(args, "scaling_config.min_size") === valueAt(args, "scaling_config.max_size")
      ? []
      : ["scaling_config.desired_size"],
  aws_elasticache_replication_group: () => ["engine_version"],
  aws_iam_openid_connect_provider: () => ["thumbprint_list"],
  aws_secretsmanager_secret_version: () => ["version_stages"],
  kurrentcloud_managed_cluster: () => ["server_version", "server_version_tag"],
};

test.each(Object.entries(environments))("%s takes back nothing that others move", (name, environment) => {
  const resources = stacksOf(name, environment).flatMap(([stack, { resource = {} }]) =>
    Object.entries(MOVED).flatMap(([type, moved]) =>
      Object.entries(resource[type] ?? {}).map(([id, args]) => ({ at: `${stack} ${type}.${id}`, args, moved })),
    ),
  );
  expect(resources.length).toBeGreaterThan(0);
  const taken = resources.flatMap(({ at, args, moved }) =>
    moved(args)
      .filter((path) => valueAt(args, path) !== undefined && !ignoredBy(args).includes(inIgnored(path)))
      .map((path) => `${at} ${path}`),
  );
  expect(taken).toEqual([]);
});

test("what the rehearsal moves is in production", () => {
  const stacks = Object.fromEntries(stacksOf("production", production));
  const missing = MOVES.flatMap(({ leaves }) => Object.entries(leaves)).flatMap(([stack, resources]) =>
    Object.keys(resources).filter((address) => {
      const [type = "", id] = address.split(".");
      return !Object.keys(stacks[stack]?.resource?.[type] ?? {}).some((each) => withoutHash(each) === id);
    }),
  );
  expect(missing).toEqual([]);
});
