import { counting } from "./counting";
import { fields } from "./fields";
import { health } from "./health";
import { replay } from "./replay";
import { meetsLimits } from "./timing";
import { tokens } from "./tokens";

// What the runtime costs a service, next to the least code that does the same. Ends with 1 beyond a limit.
async function main(): Promise<void> {
  for (const benchmark of [counting, tokens, fields, health, replay]) {
    if (!(await meetsLimits(benchmark))) process.exitCode = 1;
  }
}

void main();
