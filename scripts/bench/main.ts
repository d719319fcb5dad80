import { eventsOption } from "../events-option";
import { counting } from "./counting";
import { fields } from "./fields";
import { notPassed } from "./gate";
import { health } from "./health";
import { replay } from "./replay";
import { synthesis } from "./synthesis";
import { tokens } from "./tokens";

// What the runtime costs a service, next to the least code that does the same, and what a synthesis costs.

/** Of the replay. The nightly run has 200,000. */
const EVENTS = eventsOption(100_000);

async function main(): Promise<void> {
  const missed = await notPassed({ counting, tokens, fields, health, replay: () => replay(EVENTS), synthesis });
  if (missed.length === 0) return;
  console.error(`\n${missed.join("\n")}`);
  process.exitCode = 1;
}

void main();
