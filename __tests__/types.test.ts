import { spawnSync } from "node:child_process";
import { join } from "node:path";

const TSC = join(__dirname, "..", "node_modules", ".bin", "tsc");

/** Compiles `types/`, where each `@ts-expect-error` is a mistake that must not compile: one that does is an error there. */
test("mistakes are refused by the compiler, and what is right is not", () => {
  const { stdout, status } = spawnSync(TSC, ["-p", join(__dirname, "types"), "--pretty", "false"], {
    encoding: "utf8",
  });
  expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
}, 10_000);
