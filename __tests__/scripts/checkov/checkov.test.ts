import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHECKOV_VERSION, checkovVersion, scan } from "../../../scripts/checkov/checkov";
import type { Program } from "../../../scripts/rehearsal/program";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "checkov-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const REPORT = { results: { passed_checks: [], failed_checks: [], parsing_errors: [] } };

/** A fake: a program that keeps its arguments, and prints what it is told to. */
function fakeCheckov({ version = CHECKOV_VERSION, stderr = "" } = {}): string {
  const path = join(folder, "checkov");
  const lines = [
    "#!/bin/sh",
    `if [ "$1" = --version ]; then echo ${version}; exit; fi`,
    `printf '%s\\n' "$@" >'${join(folder, "arguments")}'`,
    `printf '%s' '${stderr}' >&2`,
    `echo '${JSON.stringify(REPORT)}'`,
  ];
  writeFileSync(path, lines.join("\n"));
  chmodSync(path, 0o755);
  return path;
}

const main = (checkov: string) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const env = { ...process.env, CHECKOV: checkov };
    execFile(process.execPath, ["--import", "tsx", "scripts/checkov/main.ts"], { env }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    );
  });

const program: Program = {
  store: {
    tf: {
      terraform: { required_version: ">= 1.11" },
      resource: {
        kubernetes_deployment_v1: { Api: { spec: { container: [{ env: [] }, { env: [{ name: "A" }] }], items: [] } } },
      },
    },
    ...{ dependencies: [], reads: {}, folder: "", assets: "" },
  },
};

test("CI installs the version that is asked for", () => {
  expect(readFileSync(".ci/install", "utf8")).toContain(`checkov==${CHECKOV_VERSION}'`);
});

test("a machine without checkov is told so", async () => {
  expect(await checkovVersion(join(folder, "none"))).toBeUndefined();
  const { code, out } = await main(join(folder, "none"));
  expect([code, out]).toEqual([
    0,
    `checkov skipped: it is not on this machine. Install it: pip install checkov==${CHECKOV_VERSION}\n`,
  ]);
});

test("another version is refused, because it has other checks", async () => {
  const { code, err } = await main(fakeCheckov({ version: "3.2.0" }));
  expect([code, err]).toEqual([1, `checkov: must be ${CHECKOV_VERSION}, got 3.2.0\n`]);
});

test("a report of nothing is no success", async () => {
  const { code, err } = await main(fakeCheckov());
  expect(code).toBe(1);
  expect(err).toMatch(/^checkov has checked nothing in production-/);
});

test("is handed what it can read, and asks no service", async () => {
  expect(await scan(fakeCheckov(), program, ["CKV_1", "CKV_2"], join(folder, "scanned"))).toEqual(REPORT);
  const args = readFileSync(join(folder, "arguments"), "utf8").split("\n");
  expect(args).toEqual(expect.arrayContaining(["--skip-download", "--skip-check", "CKV_1,CKV_2", "terraform_json"]));
  expect(JSON.parse(readFileSync(join(folder, "scanned", "store", "cdk.tf.json"), "utf8"))).toEqual({
    terraform: {},
    resource: {
      kubernetes_deployment_v1: { Api: { spec: { container: [{}, { env: [{ name: "A" }] }], items: [] } } },
    },
  });
});

test("a check that could not be run is an error", async () => {
  const stderr = "[ERROR] Failed to run check CKV_9 on store";
  await expect(scan(fakeCheckov({ stderr }), program, [], join(folder, "scanned"))).rejects.toThrow(stderr);
});
