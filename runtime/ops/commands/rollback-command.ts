import { swapBack } from "../../adapters/postgres/model-generations";
import type { Command } from "../command";
import { checkEventStore } from "../lost-stores";
import { openEventStore, readModelsPool, readModelsSchema } from "../stores";
import { words } from "../words";

export interface RollbackCommandOptions {
  /** The schema that a rebuild has kept. @default - the newest that is whole, and of this very event store */
  readonly former?: string;
}

/** Puts the models into their place that a rebuild has kept. */
export const rollbackCommand: Command<RollbackCommandOptions> = async ({ former }, { environment, signal, use }) => {
  const pool = use(readModelsPool(environment), (each) => each.end());
  const events = use(await openEventStore(environment, { signal }));
  await checkEventStore(events, signal);
  const swapped = await swapBack(pool, readModelsSchema(environment), { former, store: events.store, signal });
  const facts = {
    "read models": readModelsSchema(environment),
    ...{ "are what was": swapped.former, "what they were is kept as": swapped.kept },
    next: "projections read on from where these models are, within a minute",
  };
  return { isSound: true, words: words("rolled back", facts), report: swapped };
};
