import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TerraformStack } from "cdktf";
import { LOG_FIELDS } from "../../../lib/monitoring/logs/log-fields";
import { logLifecycle } from "../../../lib/monitoring/logs/log-lifecycle";
import { LogLifecycleJob } from "../../../lib/monitoring/logs/log-lifecycle-job";
import { resourceOf, synthesizeStack } from "../../support/synthesis/synthesized";

const props = { environment: "production", bucket: "logs-bucket" };
const documentOf = (path: string, options = {}) =>
  logLifecycle({ ...props, options }).find((step) => step.path === path)?.document;

test("keeps lines for 30 days unless told otherwise, those of a stream that stands too", () => {
  for (const path of ["_index_template/logs-cqrs", "_data_stream/logs-cqrs-production/_lifecycle"]) {
    expect(JSON.stringify(documentOf(path))).toContain('"data_retention":"30d"');
    expect(JSON.stringify(documentOf(path, { retention: "7 days" }))).toContain('"data_retention":"7d"');
  }
});

test("knows every field that services write, and lets nobody make another", () => {
  expect(documentOf("_index_template/logs-cqrs")).toMatchObject({
    index_patterns: ["logs-cqrs-*"],
    priority: 500,
    data_stream: {},
    template: {
      mappings: {
        dynamic: false,
        properties: {
          "@timestamp": { type: "date" },
          ...Object.fromEntries(Object.entries(LOG_FIELDS).map(([field, type]) => [field, { type }])),
        },
      },
      data_stream_options: { failure_store: { enabled: true } },
    },
  });
});

test("makes a snapshot each night, in the bucket, and keeps it as long as it is told", () => {
  expect(documentOf("_snapshot/s3")).toEqual({
    type: "s3",
    settings: { bucket: "logs-bucket", base_path: "production" },
  });
  expect(documentOf("_slm/policy/nightly", { snapshots: { retention: "90 days" } })).toMatchObject({
    repository: "s3",
    config: { indices: "logs-cqrs-*" },
    retention: { expire_after: "90d" },
  });
});

describe("the job", () => {
  const tf = synthesizeStack((stack: TerraformStack) => {
    new LogLifecycleJob(stack, "Job", { ...props, certificateAuthority: "elasticsearch-ca", dependsOn: [] });
  });
  const { data } = resourceOf(tf, "kubernetes_config_map_v1") as { data: Record<string, string> };
  const release = resourceOf(tf, "helm_release");
  const [values = ""] = release.values as readonly string[];
  const [job] = JSON.parse(values).resources;
  const unescaped = (text = "") => text.replaceAll(/([$%])\1(?=\{)/g, "$1");

  test("runs again when anything that it says is another, and is waited for", () => {
    expect(job.metadata.name).toMatch(/^log-lifecycle-\$\{substr\(sha256\(jsonencode\(/);
    expect(release).toMatchObject({ wait_for_jobs: true, timeout: 1200 });
  });

  test("is a pod that may do nothing but ask, as the restricted Pod Security Standard wants it", () => {
    expect(job.spec.template.spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "128Mi" } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
        },
      ],
    });
  });

  /** The script with a stand-in for curl, which notes what it is asked and answers with a given status. */
  function run(statusOf: (path: string) => number) {
    const folder = mkdtempSync(join(tmpdir(), "lifecycle-"));
    try {
      const steps = join(folder, "steps");
      mkdirSync(steps);
      mkdirSync(join(folder, "tmp"));
      for (const [name, text] of Object.entries(data)) writeFileSync(join(steps, name), unescaped(text));
      const script = readFileSync(join(steps, "run.sh"), "utf8").replaceAll(/\/(steps|tmp)\//g, `${folder}/$1/`);
      const answers = logLifecycle(props).map(({ path }) => `*/${path}) printf ${statusOf(path)};;`);
      writeFileSync(
        join(folder, "curl"),
        `#!/bin/bash\nfor url; do :; done\necho "$*" >> ${folder}/asked\ncase "$url" in ${answers.join(" ")} esac\n` +
          `while [ $# -gt 0 ]; do [ "$1" = --output ] && [ "$2" != /dev/null ] && echo "refused: why" > "$2"; shift; done\nexit 0\n`,
      );
      chmodSync(join(folder, "curl"), 0o755);
      const { status, stdout } = spawnSync("bash", ["-c", script], {
        encoding: "utf8",
        env: { PATH: `${folder}:${process.env.PATH}`, ES_USER: "log-keeper", ES_PASSWORD: "hidden" },
      });
      return {
        status,
        stdout,
        asked: readFileSync(join(folder, "asked"), "utf8"),
        login: readFileSync(join(folder, "tmp", "login"), "utf8"),
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  test("puts every document, in order, by the authority's certificate and without a password among its arguments", () => {
    const { status, asked, login } = run(() => 200);
    expect(status).toBe(0);
    const puts = asked.split("\n").filter((line) => line.includes("--request PUT"));
    expect(puts.map((line) => line.split(":9200/")[1])).toEqual(logLifecycle(props).map(({ path }) => path));
    for (const line of puts) expect(line).toContain("--cacert /certificate/ca.crt");
    expect(asked).not.toContain("hidden");
    expect(login).toBe('user = "log-keeper:hidden"\n');
  });

  test("forgives a stream that is not there yet", () => {
    expect(run((path) => (path.startsWith("_data_stream") ? 404 : 201)).status).toBe(0);
  });

  test.each(["_index_template/logs-cqrs", "_snapshot/s3", "_slm/policy/nightly"])(
    "ends with Elasticsearch's own words when %s is refused",
    (refused) => {
      const { status, stdout } = run((path) => (path === refused ? 400 : 200));
      expect(status).toBe(1);
      expect(stdout).toContain(`400 ${refused}\nrefused: why`);
    },
  );
});
