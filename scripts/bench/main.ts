import { eventsOption } from "../events-option";
import { counting } from "./counting";
import { eventStore } from "./event-store";
import { fields } from "./fields";
import { runBenchmarks } from "./gate";
import { health } from "./health";
import { replay } from "./replay";
import { synthesis } from "./synthesis";
import { tokens } from "./tokens";

// Measures what the runtime costs a service, next to the least code that does the same, and what a synthesis costs.

/** Events to replay. The nightly run has 200,000. */
const EVENTS = eventsOption(100_000);

async function main(): Promise<void> {
  const failed = await runBenchmarks({
    counting,
    tokens,
    fields,
    health,
    eventStore,
    replay: () => replay(EVENTS),
    synthesis,
  });
  if (failed.length === 0) return;
  console.error(`\n${failed.join("\n")}`);
  process.exitCode = 1;
}

void main();
