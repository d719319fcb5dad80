import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { distinctStacks } from "../../../scripts/rehearsal/distinct-stacks";
import { readProgram } from "../../../scripts/rehearsal/program";
import { writeProgram } from "../../../scripts/rehearsal/written-program";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const local = (name: string) => ({ path: `../../../terraform.${name}.tfstate` });

/** A folder as cdktf writes it: `edge` reads the state of `keys`, and has a chart among its assets. */
function synthesized(chart = "name: manifest"): string {
  const outdir = mkdtempSync(join(tmpdir(), "program-"));
  folders.push(outdir);
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(outdir, path)), { recursive: true });
    writeFileSync(join(outdir, path), text);
  };
  const stackOf = (name: string, dependencies: readonly string[]) => ({
    ...{ name, dependencies, workingDirectory: `stacks/${name}` },
    synthesizedStackPath: `stacks/${name}/cdk.tf.json`,
  });
  const remote = { R: { backend: "local", config: local("keys") } };
  write("manifest.json", JSON.stringify({ stacks: { keys: stackOf("keys", []), edge: stackOf("edge", ["keys"]) } }));
  write("stacks/keys/cdk.tf.json", JSON.stringify({ terraform: { backend: { local: local("keys") } } }));
  write(
    "stacks/edge/cdk.tf.json",
    JSON.stringify({ terraform: { backend: { local: local("edge") } }, data: { terraform_remote_state: remote } }),
  );
  write("stacks/edge/assets/chart/Chart.yaml", chart);
  return outdir;
}

test("a stack is read with what it reads and what it needs", () => {
  const { keys, edge } = readProgram(synthesized());
  expect(keys).toMatchObject({ dependencies: [], reads: {}, tf: { terraform: { backend: { local: local("keys") } } } });
  expect(edge).toMatchObject({ dependencies: ["keys"], reads: { R: "keys" } });
});

test("assets of the same content in another folder are the same, and others are not", () => {
  const assetsOf = (chart?: string) => readProgram(synthesized(chart)).edge?.assets;
  expect(assetsOf()).toBe(assetsOf());
  expect(assetsOf()).not.toBe(assetsOf("name: another"));
});

test("what is written for a rehearsal is an app in which each stack goes by its name there", () => {
  const outdir = mkdtempSync(join(tmpdir(), "program-"));
  folders.push(outdir);
  const [program, changed] = [readProgram(synthesized()), readProgram(synthesized("name: another"))];
  const stacks = distinctStacks([
    { label: "", versions: [program] },
    { label: "new", versions: [changed] },
  ]);
  writeProgram(outdir, stacks, 0);
  const written = readProgram(outdir);
  expect(Object.keys(written)).toEqual(["keys", "edge", "edge.new"]);
  expect(written["edge.new"]).toMatchObject({
    ...{ dependencies: ["keys"], reads: { R: "keys" }, assets: changed.edge?.assets },
    tf: { terraform: { backend: { local: { path: "edge.new.tfstate" } } } },
  });
});

test("a folder that is no synthesized app is refused", () => {
  const folder = mkdtempSync(join(tmpdir(), "program-"));
  folders.push(folder);
  expect(() => readProgram(folder)).toThrow(
    `${folder}: must be the folder of a synthesized app, got one without a manifest.json`,
  );
  writeFileSync(join(folder, "manifest.json"), JSON.stringify({ stacks: {} }));
  expect(() => readProgram(folder)).toThrow("manifest.json: must have at least one stack, got none");
});
