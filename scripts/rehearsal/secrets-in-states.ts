import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { secretsInState } from "../../__tests__/support/synthesis/secrets";
import { STACK_FILE } from "./program";

/**
 * Finds secrets in the states that a rehearsal kept. Terraform writes a backup before each change, so that the state
 * before the destroy is among them.
 */
export function secretsInStates(kept: string): string[] {
  const folder = join(kept, "state");
  const programs = ["after", "before"].map((version) => join(kept, version, "stacks"));
  const found = readdirSync(folder).flatMap((file) => {
    const stack = file.replace(/\.tfstate(?:\.backup)?$/, "");
    const state = JSON.parse(readFileSync(join(folder, file), "utf8"));
    return programs
      .map((program) => join(program, stack, STACK_FILE))
      .filter((path) => existsSync(path))
      .flatMap((path) => secretsInState(state, JSON.parse(readFileSync(path, "utf8"))))
      .map((where) => `${stack} ${where}`);
  });
  return [...new Set(found)];
}
