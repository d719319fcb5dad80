import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { production } from "../../environments/production";
import { DELETED_SUBJECTS } from "../../lib/config/recovery";
import type { ServicesConfig } from "../../lib/config/services";
import {
  awsProblems,
  awsStrangers,
  cdktfProblems,
  cqrsOpsProblems,
  kubectlProblems,
  leftStopped,
  targetsOf,
  whyNoAws,
  wordsOf,
} from "../support/documents/operator-commands";
import { blocksOf, Runbooks, strangeKeysIn } from "../support/documents/runbooks";
import { environments } from "../support/synthesis/environments";
import { resourceOf, resourcesOf, stackOf, synthesize } from "../support/synthesis/synthesized";
import { synthesizedOnce } from "../support/synthesis/synthesized-once";
import { blockOf } from "../support/synthesis/terraform-blocks";

const ENVIRONMENT = "production";
const SECTIONS = ["Decide", "Act", "Check"];
/** The issue's own, and no other. */
const LOSSES = ["a row", "a table", "the read side", "the event store", "the Region", "a deployment", "a key"];

const runbooks = new Runbooks("runbooks", "recovery");
const README = runbooks.read("README.md");
const synthesized = synthesizedOnce(environments);
const byQueue = { maxInstances: 20, query: "sum(waiting)", perInstance: 100 };
const { commandProcessors, ...others } = production.services ?? {};
const queued = synthesize({
  [ENVIRONMENT]: {
    ...production,
    services: { ...others, commandProcessors: { ...commandProcessors, autoscaling: byQueue } } as ServicesConfig,
  },
});
/** What runs, with processors that are scaled by CPU, and by KEDA. */
const [scaledByCpu, scaledByQueue] = [targetsOf(synthesized, ENVIRONMENT), targetsOf(queued, ENVIRONMENT)];

/** CronJobs that run by the clock, as Terraform makes them. */
const CLOCKED = resourcesOf(stackOf(synthesized, `${ENVIRONMENT}-recovery-jobs`), "kubernetes_cron_job_v1")
  .filter((job) => !blockOf(job, "spec")?.suspend)
  .map((job) => `cronjob/${blockOf(job, "metadata")?.name}`);

/** What the README's table says that the words in capitals stand for: `| $BACKUP | id … | 2026… |`. */
const variables = Object.fromEntries(
  [...README.matchAll(/^\| `\$([A-Z_]+)` \|.*\| `([^`]+)` \|$/gm)].map(([, name = "", value = ""]) => [name, value]),
);

/** One command a line. */
const commandsIn = (text: string): readonly string[] =>
  blocksOf("sh", text).flatMap((block) => block.split("\n").map((line) => line.trim()));

type Words = readonly string[];

const isOf = (program: string) => (command: string) => command.startsWith(`${program} `);
const awsIn = (text: string, values = variables): readonly Words[] =>
  wordsOf(commandsIn(text).filter(isOf("aws")), values).map(([, ...args]) => args);

/** docs/recovery.md, of a second Region that comes later. */
const SECOND_REGION =
  readFileSync(join(__dirname, "..", "..", "docs", "recovery.md"), "utf8")
    .split(/^## /m)
    .find((part) => part.startsWith("The second Region\n")) ?? "";
const COPIES_KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/mrk-1";
const inSecondRegion = { ...variables, AWS_REGION: "eu-central-1", COPIES_KEY_ARN };

const ONTO_ITSELF = ["s3", "cp", "s3://a/b/", "s3://a/b/", "--recursive", "--sse", "aws:kms", "--sse-kms-key-id"];
/** Commands that there are not, with one that there is for comparison, and what is said of each. */
const STRANGE_COMMANDS: readonly (readonly [args: Words, said: readonly unknown[]])[] = [
  [["kms", "disable-key"], [expect.stringContaining("--key-id")]],
  [["kms", "disable-key", "--key-id", "1", "--for", "ever"], [expect.stringContaining("Unknown options")]],
  [["kms", "forget-key"], [expect.any(String)]],
  [["s3", "cp", "s3://a", "s3://b"], ["no such form"]],
  [[...ONTO_ITSELF, "arn:aws:kms:eu-central-1:111122223333:key/1"], []],
  [[...ONTO_ITSELF, "alias/production-backups"], ["no such form"]],
];

const awsMissing = whyNoAws();
let awsAnswers: ReturnType<typeof awsProblems>;
if (awsMissing === undefined)
  beforeAll(() => {
    awsAnswers = awsProblems([
      ...runbooks.pages.flatMap((page) => awsIn(runbooks.read(page))),
      ...awsIn(SECOND_REGION, inSecondRegion),
      ...STRANGE_COMMANDS.map(([args]) => args),
    ]);
  });
/** What `aws` says of one of them. */
const ofAws = (args: Words): readonly string[] => awsAnswers.get(args.join(" ")) ?? ["was not asked for"];

function problemsOf([name, ...args]: Words): readonly string[] {
  const [, cronjob] = /^CRONJOB=(.*)$/.exec(name ?? "") ?? [];
  if (cronjob !== undefined) {
    const job = ["create", "job", `--from=cronjob/${cronjob}`, "by-hand"];
    return [
      ...problemsOf(args),
      ...problemsOf(["kubectl", "--context", `${ENVIRONMENT}-read`, "-n", "recovery", ...job]),
    ];
  }
  if (name === "cqrs-ops") return cqrsOpsProblems(args);
  // Without it npx would ask a registry for a package of that name, whoever has made it.
  if (name === "npx" && args[0] === "--no-install" && args[1] === "cqrs-ops") return cqrsOpsProblems(args.slice(2));
  const [tool, ...rest] = args;
  if (name === "npx" && tool === "cdktf") return cdktfProblems(rest, synthesized);
  // What KEDA has is there where KEDA is.
  if (name === "kubectl")
    return kubectlProblems(args, args.join().includes("scaledobject/") ? scaledByQueue : scaledByCpu);
  // What it says itself of the rest is asked in a test of its own.
  return name === "aws" ? awsStrangers(args, synthesized) : [`${name} is no program that one has`];
}

test("there are jobs to stop", () => {
  expect(CLOCKED.sort()).toEqual(["cronjob/backup", "cronjob/drill", "cronjob/verify"]);
});

test("there is a page for each loss", () => {
  expect(runbooks.pages).toHaveLength(LOSSES.length);
  for (const page of runbooks.pages) expect(README).toContain(`(${page})`);
});

test("the README's table of variables is that of the pages", () => {
  const used = runbooks.pages.flatMap((page) =>
    commandsIn(runbooks.read(page)).flatMap((command) =>
      [...command.matchAll(/\$\{?([A-Z_]+)/g)].map(([, name]) => name),
    ),
  );
  expect(Object.keys(variables).sort()).toEqual([...new Set(used)].sort());
});

describe.each(runbooks.pages)("%s", (page) => {
  const text = runbooks.read(page);
  const [title = "", ...parts] = text.split(/^## /m);

  test("says how to decide, what to do and how to check it", () => {
    expect(title).toMatch(/^# \w/);
    expect(parts.map((part) => part.split("\n")[0])).toEqual(SECTIONS);
    for (const part of parts) expect(part.length).toBeGreaterThan(100);
    for (const part of parts.slice(1)) expect(commandsIn(part)).not.toEqual([]);
  });

  test("has commands that there are", () => {
    const found = wordsOf(commandsIn(text), variables).map((words) => ({ words, problems: problemsOf(words) }));
    expect(found.filter(({ problems }) => problems.length > 0)).toEqual([]);
  });

  (awsMissing === undefined ? test : test.skip)(
    `has commands of aws that there are${awsMissing === undefined ? "" : ` (skipped: ${awsMissing})`}`,
    () => {
      const found = awsIn(text).map((args) => ({ args, problems: ofAws(args) }));
      expect(found.filter(({ problems }) => problems.length > 0)).toEqual([]);
    },
  );

  test.each([
    ["by CPU", scaledByCpu],
    ["by KEDA", scaledByQueue],
  ])("leaves nothing stopped that it has stopped, with processors that are scaled %s", (_, targets) => {
    const commands = commandsIn(text).filter((command) => /^(?:kubectl|npx cdktf) /.test(command));
    expect(leftStopped(wordsOf(commands, variables), targets)).toEqual([]);
  });

  test("stops all jobs or none, and their runs under way", () => {
    const commands = commandsIn(text);
    const stops = (job: string) =>
      commands.findLastIndex((each) => each.includes(`${job} -p '{"spec":{"suspend":true}}'`));
    if (stops("") < 0) return;
    for (const job of CLOCKED) expect(stops(job)).toBeGreaterThanOrEqual(0);
    const rest = commands.slice(stops("")).join("\n");
    expect(rest).toMatch(/ get jobs\n.* delete job\/\$JOB --cascade=foreground\n/);
  });

  test("leads to pages that there are", () => {
    expect(runbooks.deadLinks(page)).toEqual([]);
  });

  test("names keys of the configuration that there are", () => {
    expect(strangeKeysIn(text)).toEqual([]);
  });
});

test("the README leads to pages that there are", () => {
  expect(runbooks.deadLinks("README.md")).toEqual([]);
});

test("the files that commands take are told of", () => {
  for (const page of runbooks.pages) {
    const text = runbooks.read(page);
    const files = [...text.matchAll(/file:\/\/([\w.-]+)/g)].map(([, file]) => `\`${file}\``);
    for (const file of files) expect(text).toContain(file);
    for (const block of blocksOf("json", text)) expect(() => JSON.parse(block)).not.toThrow();
  }
});

test("the ledger of deleted subjects is under the new key before the old one goes", () => {
  const commands = wordsOf(commandsIn(runbooks.read("leaked-key.md")), variables);
  const at = (...first: readonly string[]) =>
    commands.findLastIndex((words) => first.every((word, index) => words[index] === word));
  const copied = at("aws", "s3", "cp");
  const ledger = `s3://${variables.BUCKET}/${DELETED_SUBJECTS}`;
  expect(commands[copied]).toEqual(expect.arrayContaining([ledger, `${variables.NEW_KEY_ARN}`]));
  expect(at("npx", "cdktf", "deploy")).toBeGreaterThan(copied);
  expect(at("aws", "kms", "disable-key")).toBeGreaterThan(copied);
});

describe("docs/recovery.md, of a second Region that comes later", () => {
  const syncs = awsIn(SECOND_REGION, inSecondRegion);

  test("has commands that there are", () => {
    const others = commandsIn(SECOND_REGION).filter((command) => !isOf("aws")(command));
    expect(wordsOf(others, variables).flatMap(problemsOf)).toEqual([]);
    expect(syncs.flatMap(ofAws)).toEqual([]);
  });

  test("brings the ledger, and manifests behind their segments, each to the place that it had", () => {
    const places = syncs.map((args) =>
      args.filter((word) => word.startsWith("s3://")).map((word) => word.replace(/^s3:\/\/[^/]+\//, "")),
    );
    expect(places).toEqual(
      ["deleted-subjects/", "backups/segments/", "backups/manifests/"].map((folder) => [folder, folder]),
    );
  });

  test("keeps the copies as replication does", () => {
    const replication = JSON.stringify(
      resourceOf(stackOf(synthesized, `${ENVIRONMENT}-recovery`), "aws_s3_bucket_replication_configuration").rule,
    );
    for (const args of syncs) {
      const [storageClass = ""] = args.slice(-1);
      expect(replication).toContain(`"storage_class":"${storageClass}"`);
    }
  });
});

/**
 * What stands in for kubectl: it gives the job that a CronJob would become, and keeps what it is given. Each look at the job is
 * a line of $LOOKS: the conditions that it has by then, and its pods. It is `gone` once it was deleted, and `away` while nobody
 * answers.
 */
const KUBECTL = `#!/usr/bin/env bash
look() { sed -n "$(cat "$KEPT.looks" 2>/dev/null || echo 0)p" <<< "$LOOKS"; }
case "$*" in
  *"create job"*) echo '{"spec":{"backoffLimit":2,"template":{"spec":{"containers":[{"name":"verify","args":["verify"]}]}}}}' ;;
  *"apply -f -"*) cat > "$KEPT" ;;
  *"get job "*)
    echo $(($(cat "$KEPT.looks" 2>/dev/null || echo 0) + 1)) > "$KEPT.looks"
    case "$(look)" in
      away) exit 1 ;;
      gone) [[ $* == *--ignore-not-found* ]] ;;
      *) echo "by-hand-1 $(look | cut -d' ' -f1)" ;;
    esac ;;
  *"-o json") echo "$PODS" ;;
  *"get pods"*) look | cut -d' ' -f2- | tr ' ' '\\n' ;;
  *logs*) echo "log of \${@: -1}"; [ -n "\${BREAKS-}" ] && [ ! -e "$KEPT.broke" ] && touch "$KEPT.broke" && exit 1; exit 0 ;;
esac
`;

const pod = (creationTimestamp: string, exitCode?: number) => ({
  metadata: { creationTimestamp },
  status: exitCode === undefined ? {} : { containerStatuses: [{ state: { terminated: { exitCode } } }] },
});

const whyNoJq = spawnSync("jq", ["--version"]).status === 0 ? undefined : "no jq on the PATH";
(whyNoJq === undefined ? describe : describe.skip)(
  `the README's cqrs-ops${whyNoJq === undefined ? "" : ` (skipped: ${whyNoJq})`}`,
  () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "runbooks-"));
      writeFileSync(join(folder, "kubectl"), KUBECTL, { mode: 0o755 });
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    const block = blocksOf("sh", README).find((each) => each.includes("cqrs-ops() {")) ?? "";
    const run = (looks: readonly string[], pods: readonly object[], other: Readonly<Record<string, string>> = {}) => {
      const { COMMAND = "verify --backup 'an id' --store" } = other;
      const script = `aws() { :; }\nsleep() { :; }\n${block}\ncqrs-ops ${COMMAND}`;
      const { status, stdout, stderr } = spawnSync("bash", ["--norc", "-euo", "pipefail", "-c", script], {
        env: {
          ...{ PATH: `${folder}:${process.env.PATH}`, KEPT: join(folder, "kept.json"), LOOKS: looks.join("\n") },
          ...{ PODS: JSON.stringify({ items: pods }), ...other },
        },
        encoding: "utf8",
        timeout: 30_000,
      });
      return { status, stderr, lines: stdout.trim().split("\n") };
    };

    const kept = () => JSON.parse(readFileSync(join(folder, "kept.json"), "utf8")).spec;

    test("runs a job of the platform with the arguments that it was given", () => {
      const looks = ["", " pod/a", "Complete pod/a"];
      expect(run(looks, [])).toEqual({ status: 0, stderr: "", lines: ["log of pod/a"] });
      const { containers } = kept().template.spec;
      expect(containers).toEqual([{ name: "verify", args: ["verify", "--backup", "an id", "--store"] }]);
      expect(kept().backoffLimit).toBe(2);
    });

    test.each(["rollback", "--json rollback"])("tries %s once, which a second one would take back", (COMMAND) => {
      expect(run(["Complete "], [], { COMMAND }).status).toBe(0);
      expect(kept().backoffLimit).toBe(0);
    });

    test("ends with 2 for a job that was deleted", () => {
      const { status, stderr } = run([" pod/a", "gone"], []);
      expect(stderr).toMatch(/^job by-hand-\d+ is gone/);
      expect(status).toBe(2);
    });

    test("goes on once its connection is back", () => {
      expect(run(["away", "", "away", "Complete pod/a"], []).lines).toEqual(["log of pod/a"]);
    });

    test("follows the pod that replaces another, and ends with the last one's exit code", () => {
      const looks = [" pod/a", " pod/b pod/a", "FailureTarget pod/b pod/a", "FailureTarget,Failed pod/c pod/b pod/a"];
      const pods = [pod("2026-11-24T09:02:00Z"), pod("2026-11-24T09:01:00Z", 1), pod("2026-11-24T09:00:00Z", 2)];
      const logs = ["log of pod/a", "log of pod/b", "log of pod/c"];
      expect(run(looks, pods)).toEqual({ status: 1, stderr: "", lines: logs });
    });

    test("ends with 2 for a job of which no pod is left", () => {
      expect(run(["Failed "], []).status).toBe(2);
    });

    test("asks again for a log that broke off", () => {
      const lines = ["log of pod/a", "log of pod/a"];
      expect(run([" pod/a", "Complete pod/a"], [], { BREAKS: "1" })).toEqual({ status: 0, stderr: "", lines });
    });
  },
);

describe("the checks themselves", () => {
  test.each([
    ["cqrs-ops verfy", "unknown command 'verfy'"],
    ["cqrs-ops verify --stores", "unknown option '--stores'"],
    ["cqrs-ops lag --limit none", "must be a whole number"],
    ["npx --no-install cqrs-ops managed backup", "required option '--name <name>' not specified"],
    ["npx --no-install cqrs-ops health", "missing required argument 'urls'"],
    ["npx cdktf deploy production-nothing", "there is no stack production-nothing"],
    ["npx cdktf deploy", "names no stack"],
    ["npx cdktf deploy production-network", "leaves out production-keys"],
    ["npx cdktf deploy --ignore-missing-stack-dependencies production-keys production-network", "in no order"],
    ["npx cdktf remove production-keys", "cdktf has no remove"],
    ["kubectl -n recovery get pods", "must begin with --context and -n"],
    [
      "kubectl --context production-read -n queries scale deployment/nobody --replicas=0",
      "there is no deployment/nobody",
    ],
    [
      "kubectl --context production-write -n commands annotate scaledobject/nobody autoscaling.keda.sh/paused-replicas-",
      "there is no scaledobject/nobody",
    ],
    ["kubectl --context production-write -n queries get pods", "there is no  in queries"],
    ["kubectl --context production-read -n queries explode deployment/query-api-blue", "of no form"],
    ["aws rds describe-db-snapshots --db-instance-identifier production", "there is no aws_db_instance production"],
    ["CRONJOB=nobody cqrs-ops lag", "there is no cronjob/nobody"],
    ["CRONJOB=verify cqrs-ops lags", "unknown command 'lags'"],
    ["rm -rf /", "rm is no program"],
  ])("%s: %s", (command, problem) => {
    expect(wordsOf([command], variables).flatMap(problemsOf).join()).toContain(problem);
  });

  test("a variable that nobody has explained", () => {
    expect(() => wordsOf(["cqrs-ops verify --backup $NOBODYS"], variables)).toThrow("NOBODYS: unbound variable");
  });

  (awsMissing === undefined ? test : test.skip)("commands of aws that there are not", () => {
    expect(STRANGE_COMMANDS.map(([args]) => ofAws(args))).toEqual(STRANGE_COMMANDS.map(([, said]) => said));
  });
});
