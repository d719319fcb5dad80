import { spawnSync } from "node:child_process";
import { program } from "../../runtime/ops/program";
import { podTemplatesOf } from "./pod-templates";
import { resourcesOf, type Synthesized } from "./synthesized";

/** What an operator's commands may name, each with a value as one would have it. */
export type Variables = Readonly<Record<string, string>>;

/** Why `aws` can't say whether a command of it exists. */
export const whyNoAws = (): string | undefined =>
  spawnSync("aws", ["--version"]).status === 0 ? undefined : "no aws on the PATH: apt-get install awscli";

/** The words of one command, as bash reads it. @throws what bash says of it, of a variable that has no value first. */
export function wordsOf(command: string, variables: Variables): readonly string[] {
  const { status, stdout, stderr } = spawnSync(
    "bash",
    ["--norc", "-uc", `words=(${command}); printf '%s\\n' "\${words[@]}"`],
    {
      env: { ...variables },
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(stderr);
  return stdout.split("\n").slice(0, -1);
}

/** What `cqrs-ops` itself says of its arguments, without doing anything. */
export function cqrsOpsProblems(args: readonly string[]): readonly string[] {
  let said = "";
  const say = (text: string) => {
    said += text;
  };
  const surroundings = { environment: {}, out: say, progress: say, isTerminal: false };
  const tool = program({ ...surroundings, signal: new AbortController().signal }, () => {});
  const silence = (command: typeof tool): void => {
    if (command.commands.length === 0) command.action(() => {});
    for (const each of command.commands) silence(each as typeof tool);
  };
  silence(tool);
  try {
    tool.parse([...args], { from: "user" });
  } catch {
    return [said.trim()];
  }
  return [];
}

const CDKTF = ["diff", "deploy", "destroy", "output"];

/** A command of cdktf's, or a stack, that there is not. */
export function cdktfProblems([command = "", ...stacks]: readonly string[], { stacks: there }: Synthesized) {
  return [
    ...(CDKTF.includes(command) ? [] : [`cdktf has no ${command}`]),
    ...(stacks.length > 0 ? [] : ["names no stack"]),
    ...stacks.filter((stack) => !(stack in there)).map((stack) => `there is no stack ${stack}`),
  ];
}

/** How kubectl calls them that are made by Terraform's type. */
const KINDS: Readonly<Record<string, string>> = {
  kubernetes_deployment_v1: "deployment",
  kubernetes_stateful_set_v1: "statefulset",
  kubernetes_cron_job_v1: "cronjob",
};

/** `<cluster> <namespace> <kind>/<name>` of all that runs. */
const workloadsOf = ({ stacks }: Synthesized, environment: string): readonly string[] =>
  Object.entries(stacks).flatMap(([stack, tf]) =>
    podTemplatesOf(tf).map(
      ({ type, namespace, name }) =>
        `${environment}-${stack.includes("-write-") ? "write" : "read"} ${namespace} ${KINDS[type]}/${name}`,
    ),
  );

/** What stands behind the namespace, with the workload that it names. */
const KUBECTL = [
  /^scale (?<target>\S+) --replicas=\d+$/,
  /^rollout (?:undo|restart|status) (?<target>\S+)$/,
  /^create job --from=(?<target>cronjob\/\S+) [a-z0-9-]+$/,
  /^patch (?<target>cronjob\/\S+) -p \{"spec":\{"suspend":(?:true|false)\}\}$/,
  /^get (?:pods|jobs|cronjobs,jobs)$/,
];

/** A form that kubectl does not have, or a workload that is not in that cluster and namespace. */
export function kubectlProblems(words: readonly string[], synthesized: Synthesized, environment: string) {
  const [flag, context, space, namespace, ...rest] = words;
  if (flag !== "--context" || space !== "-n") return ["must begin with --context and -n"];
  const text = rest.join(" ");
  const form = KUBECTL.find((each) => each.test(text));
  if (form === undefined) return [`kubectl ${text} is of no form that is known here`];
  const target = form.exec(text)?.groups?.target ?? "";
  const isThere = workloadsOf(synthesized, environment).some((each) =>
    target === "" ? each.startsWith(`${context} ${namespace} `) : each === `${context} ${namespace} ${target}`,
  );
  return isThere ? [] : [`there is no ${target} in ${namespace} of ${context}`];
}

/** Options that name what Terraform has made, by its type and argument. */
const AWS_NAMES: Readonly<Record<string, readonly [type: string, argument: string]>> = {
  "--db-instance-identifier": ["aws_db_instance", "identifier"],
  "--source-db-instance-identifier": ["aws_db_instance", "identifier"],
  "--replication-group-id": ["aws_elasticache_replication_group", "replication_group_id"],
  "--backup-vault-name": ["aws_backup_vault", "name"],
};

/** Names of things at AWS that no plan makes. */
export const awsStrangers = (args: readonly string[], { stacks }: Synthesized): readonly string[] =>
  args.flatMap((option, index) => {
    const [type, argument] = AWS_NAMES[option] ?? [];
    const name = args[index + 1] ?? "";
    if (type === undefined || argument === undefined) return [];
    const there = Object.values(stacks).flatMap((tf) => resourcesOf(tf, type).map((resource) => resource[argument]));
    return there.includes(name) ? [] : [`there is no ${type} ${name}`];
  });

/** From one Region into another, under the key that the bucket there takes. */
const INTO_ANOTHER_REGION =
  "--source-region \\S+ --region \\S+ --sse aws:kms --sse-kms-key-id \\S+ --storage-class STANDARD_IA";
const S3 = [
  /^s3 (?:ls|sync s3:\/\/\S+) s3:\/\/\S+ --region \S+$/,
  new RegExp(`^s3 sync s3://\\S+ s3://\\S+ ${INTO_ANOTHER_REGION}$`),
];

/** What `aws` itself says of its arguments, without asking AWS. Transfers by `aws s3` have no such mode. */
export function awsProblems(args: readonly string[]): readonly string[] {
  if (args[0] === "s3") return S3.some((form) => form.test(args.join(" "))) ? [] : ["no such form"];
  // What lies in a file is the operator's.
  const own = args.map((word) => (word.startsWith("file://") ? "{}" : word));
  const { status, stderr } = spawnSync("aws", [...own, "--generate-cli-skeleton", "output"], {
    env: { PATH: process.env.PATH, AWS_DEFAULT_REGION: "eu-central-1" },
    encoding: "utf8",
  });
  // An answer that it has made up itself may be none by its own rules: by then it has taken the arguments.
  if (status === 0 || /Invalid length for parameter/.test(stderr)) return [];
  return [stderr.trim().split("\n").at(-1) ?? ""];
}
