import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { KurrentcloudProvider } from "../../lib/event-store/kurrentcloud/provider";
import { synthesizeStack } from "../support/synthesis/synthesized";

const FOLDER = join(__dirname, "..", "..", "lib", "event-store", "kurrentcloud");
const files = readdirSync(FOLDER).filter((file) => file.endsWith(".ts"));
const read = (file: string) => readFileSync(join(FOLDER, file), "utf8");

test("holds the provider and the types that we use, and no index that loads them all", () => {
  expect(files.sort()).toEqual([
    "managed-cluster.ts",
    "network.ts",
    "peering.ts",
    "project.ts",
    "provider.ts",
    "scheduled-backup.ts",
  ]);
});

test.each(files)("%s says that it is generated", (file) => {
  expect(read(file).split("\n")[0]).toBe("// generated from terraform resource schema");
});

test("asks for the provider by its exact version, which the README names", () => {
  const tf = synthesizeStack((stack) => new KurrentcloudProvider(stack, "Kurrent"));
  expect(tf.terraform?.required_providers).toEqual({
    kurrentcloud: { source: "kurrent-io/kurrentcloud", version: "3.1.0" },
  });
  expect(read("README.md")).toContain("Generated from the schema of `kurrent-io/kurrentcloud` 3.1.0 ");
});
