import { counting } from "./counting";
import { fields } from "./fields";
import { health } from "./health";
import { replay } from "./replay";
import { tokens } from "./tokens";

// What the runtime costs a service, each beside the least that does the same.
async function main(): Promise<void> {
  for (const each of [counting, tokens, fields, health, replay]) await each();
}

void main();
