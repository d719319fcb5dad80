import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { program } from "../../../runtime/ops/program";
import { objectsOf } from "../cluster/cluster-objects";
import { resourcesOf, type Synthesized } from "../synthesis/synthesized";

/** What an operator's commands may name, each with a value as one would have it. */
export type Variables = Readonly<Record<string, string>>;

type Words = readonly string[];

/**
 * The words of each command, as bash reads them. A command is one line.
 *
 * @throws what bash says of a command, of a variable that has no value first
 */
export function wordsOf(commands: readonly string[], variables: Variables): readonly Words[] {
  const script = commands.map((command) => `words=(${command}); printf '%s\\0' "\${words[@]}"; echo`).join("\n");
  const { status, stdout, stderr } = spawnSync("bash", ["--norc", "-uc", script], {
    env: { ...variables },
    encoding: "utf8",
  });
  const lines = stdout.split("\n").slice(0, -1);
  // A quote that is not closed takes the next command into its word.
  if (status !== 0 || lines.length !== commands.length)
    throw new Error(stderr || `commands: must each be one line of bash, got ${commands.join("\n")}`);
  return lines.map((line) => line.split("\0").slice(0, -1));
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

/** Without it cdktf refuses to deploy a stack unless it deploys all that it depends on; with it, it begins all at once. */
const ALONE = "--ignore-missing-stack-dependencies";

/** A command of cdktf's, or a stack, that there is not; and a deployment that cdktf refuses, or does in no order. */
export function cdktfProblems(
  [command = "", ...args]: readonly string[],
  { stacks: there, dependencies }: Synthesized,
) {
  const stacks = args.filter((arg) => arg !== ALONE);
  const isAlone = args.includes(ALONE);
  const missing = stacks.flatMap((stack) => dependencies[stack] ?? []).filter((stack) => !stacks.includes(stack));
  return [
    ...(CDKTF.includes(command) ? [] : [`cdktf has no ${command}`]),
    ...(stacks.length > 0 ? [] : ["names no stack"]),
    ...stacks.filter((stack) => !(stack in there)).map((stack) => `there is no stack ${stack}`),
    ...(command === "deploy" && !isAlone && missing.length > 0 ? [`leaves out ${missing.join(", ")}`] : []),
    ...(isAlone && stacks.length > 1 ? ["deploys in no order"] : []),
  ];
}

/** What runs, or scales what runs. */
export interface Target {
  readonly stack: string;
  /** `<cluster> <namespace> <kind>/<name>` */
  readonly at: string;
  /** How many Terraform says that there are; nothing where it leaves that to others. */
  readonly replicas?: number;
}

/** Kinds of what runs, and KEDA's of what scales it. */
const KINDS = ["Deployment", "StatefulSet", "Job", "CronJob", "ScaledObject"];

/** All of an environment's. */
export const targetsOf = ({ stacks }: Synthesized, environment: string): readonly Target[] =>
  Object.entries(stacks).flatMap(([stack, tf]) => {
    const cluster = `${environment}-${stack.includes("-write-") ? "write" : "read"}`;
    return objectsOf(tf)
      .filter(({ object }) => KINDS.includes(object.kind))
      .map(({ object: { kind, metadata, spec } }) => ({
        ...{ stack, replicas: spec?.replicas as number | undefined },
        at: `${cluster} ${metadata.namespace} ${kind.toLowerCase()}/${metadata.name}`,
      }));
  });

/** What stands behind the namespace, with the workload that it names. */
const KUBECTL = [
  /^scale (?<target>\S+) --replicas=\d+$/,
  /^rollout (?:undo|restart|status) (?<target>\S+)$/,
  /^create job --from=(?<target>cronjob\/\S+) [a-z0-9-]+$/,
  /^patch (?<target>cronjob\/\S+) -p \{"spec":\{"suspend":(?:true|false)\}\}$/,
  /^get (?:pods|jobs|cronjobs,jobs)$/,
  /^delete job\/[a-z0-9-]+ --cascade=foreground$/,
  /^annotate (?<target>scaledobject\/\S+) autoscaling\.keda\.sh\/paused-replicas(?:=0|-)$/,
];

/** A form that kubectl does not have, or a workload that is not in that cluster and namespace. */
export function kubectlProblems(words: Words, targets: readonly Target[]): readonly string[] {
  const [flag, context, space, namespace, ...rest] = words;
  if (flag !== "--context" || space !== "-n") return ["must begin with --context and -n"];
  const text = rest.join(" ");
  const form = KUBECTL.find((each) => each.test(text));
  if (form === undefined) return [`kubectl ${text} is of no form that is known here`];
  const target = form.exec(text)?.groups?.target ?? "";
  const isThere = targets.some(({ at }) =>
    target === "" ? at.startsWith(`${context} ${namespace} `) : at === `${context} ${namespace} ${target}`,
  );
  return isThere ? [] : [`there is no ${target} in ${namespace} of ${context}`];
}

/** What commands have stopped, in their order, and neither they nor a deployment that is among them begin again. */
export function leftStopped(commands: readonly Words[], targets: readonly Target[]): readonly string[] {
  const stopped = new Map<string, Target | undefined>();
  for (const [program, ...args] of commands) {
    if (program === "npx")
      for (const [at, target] of stopped) {
        if (target?.replicas !== undefined && args.includes(target.stack)) stopped.delete(at);
      }
    if (program !== "kubectl") continue;
    const [, context, , namespace, verb = "", name] = args;
    const at = `${context} ${namespace} ${name}`;
    if (/replicas=0$|"suspend":true/.test(args.at(-1) ?? ""))
      stopped.set(
        at,
        targets.find((each) => each.at === at),
      );
    else if (["scale", "annotate", "patch"].includes(verb)) stopped.delete(at);
  }
  return [...stopped.keys()];
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
  // Onto itself. The bucket's policy knows its key by the ARN alone.
  /^s3 cp (s3:\/\/\S+\/) \1 --recursive --sse aws:kms --sse-kms-key-id arn:aws:kms:\S+$/,
];

const AWS_PLUGIN = join(__dirname, "aws-plugin");
const AWS_ENVIRONMENT = { PATH: process.env.PATH, AWS_DEFAULT_REGION: "eu-central-1" };
const AWS_MILLISECONDS = 100_000;

interface AwsAnswer {
  readonly status: number | null;
  readonly stderr: string;
}

/** Why `aws` can't say whether a command of it exists. */
export const whyNoAws = (): string | undefined =>
  spawnSync("aws", ["--version"], { timeout: AWS_MILLISECONDS }).status === 0
    ? undefined
    : "no aws on the PATH: apt-get install awscli";

/**
 * What `aws` itself says of each command, by its words with spaces between, without asking AWS. Transfers by `aws s3` have no
 * such mode.
 */
export function awsProblems(commands: readonly Words[]): ReadonlyMap<string, readonly string[]> {
  const isTransfer = ([service]: Words) => service === "s3";
  const skeletons = commands
    .filter((args) => !isTransfer(args))
    // What lies in a file is the operator's.
    .map((args) => [
      ...args.map((word) => (word.startsWith("file://") ? "{}" : word)),
      ...["--generate-cli-skeleton", "output"],
    ]);
  const answers = (answersOfPlugin(skeletons) ?? skeletons.map(answerOfProcess)).values();
  return new Map(
    commands.map((args) => [
      args.join(" "),
      isTransfer(args) ? transferProblems(args) : answerProblems(answers.next().value),
    ]),
  );
}

/** All answers of one process, because `aws` takes a second to start. Nothing, if it does not load our plugin. */
function answersOfPlugin(commands: readonly Words[]): readonly AwsAnswer[] | undefined {
  const { error, stdout } = spawnSync("aws", ["--version"], {
    env: {
      ...AWS_ENVIRONMENT,
      AWS_CONFIG_FILE: join(AWS_PLUGIN, "config"),
      PYTHONPATH: AWS_PLUGIN,
      PYTHONDONTWRITEBYTECODE: "1",
    },
    cwd: AWS_PLUGIN,
    input: JSON.stringify(commands),
    encoding: "utf8",
    timeout: AWS_MILLISECONDS,
  });
  if (error !== undefined) throw new Error(`aws: must answer within ${AWS_MILLISECONDS} ms, got ${error.message}`);
  return stdout.startsWith("[") ? JSON.parse(stdout) : undefined;
}

const answerOfProcess = (args: Words): AwsAnswer =>
  spawnSync("aws", args, { env: AWS_ENVIRONMENT, encoding: "utf8", timeout: AWS_MILLISECONDS });

const transferProblems = (args: Words) => (S3.some((form) => form.test(args.join(" "))) ? [] : ["no such form"]);

function answerProblems(answer: AwsAnswer | undefined): readonly string[] {
  if (answer === undefined) return ["aws gave no answer"];
  // An answer that it has made up itself may be none by its own rules: by then it has taken the arguments.
  if (answer.status === 0 || /Invalid length for parameter/.test(answer.stderr)) return [];
  return [answer.stderr.trim().split("\n").at(-1) ?? ""];
}
