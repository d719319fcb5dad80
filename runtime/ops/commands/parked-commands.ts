import { RevisionError } from "../../event-store/event-store";
import { type ParkedEvent, parkedEvents, releaseParked } from "../../processors/parked-events";
import { loadApplication } from "../application";
import type { Command, CommandSurroundings } from "../command";
import { checkEventStore } from "../lost-stores";
import { openEventStore } from "../stores";
import { words } from "../words";

export interface ParkedListOptions {
  /** @default - all of the application */
  readonly processor?: string;
}

export interface ParkedReleaseOptions {
  readonly processor: string;
  /** Ids of events that it has parked. @default - all of them */
  readonly event?: readonly string[];
}

/** Events that processors have parked, and that were neither retried nor dropped since. */
export const parkedListCommand: Command<ParkedListOptions> = async ({ processor }, surroundings) => {
  const { signal } = surroundings;
  const { names, store } = await opened(surroundings, processor);
  const processors = await Promise.all(
    names.map(async (name) => {
      const { events } = await parkedEvents(store, name, { signal });
      return { processor: name, parked: events.map(entryOf) };
    }),
  );
  const lines = processors.flatMap(({ processor, parked }) =>
    parked.map(({ event, type, stream, revision, reason, parked }) => [
      `${processor} ${event}`,
      `${type}, revision ${revision} of ${stream}, ${reason}, parked at ${parked}`,
    ]),
  );
  return {
    isSound: lines.length === 0,
    words: words(lines.length === 0 ? "no event is parked" : "parked events", Object.fromEntries(lines)),
    report: { processors },
  };
};

/** Has a processor handle parked events again: it does so with the next events, and parks once more what fails again. */
export const parkedRetryCommand: Command<ParkedReleaseOptions> = async (options, surroundings) => {
  const events = await release("retried", options, surroundings);
  const next = "the processor handles them next; what fails again is parked again, see cqrs-ops parked list";
  return {
    isSound: true,
    words: words("to be handled again", { processor: options.processor, events: events.length, next }),
    report: { processor: options.processor, retried: events },
  };
};

/** Takes parked events off the list, of which somebody has decided that nothing is to follow from them, or has done it. */
export const parkedDropCommand: Command<ParkedReleaseOptions> = async (options, surroundings) => {
  const events = await release("dropped", options, surroundings);
  return {
    isSound: true,
    words: words("not parked any more", { processor: options.processor, events: events.length }),
    report: { processor: options.processor, dropped: events },
  };
};

async function release(
  as: "retried" | "dropped",
  { processor, event: wanted }: ParkedReleaseOptions,
  surroundings: CommandSurroundings,
) {
  const { signal } = surroundings;
  const { store } = await opened(surroundings, processor);
  const { events, released } = await parkedEvents(store, processor, { signal });
  const unknown = wanted?.filter((id) => events.every((each) => each.id !== id)) ?? [];
  if (unknown.length > 0)
    throw new RangeError(`event: must be parked by ${processor}, got ${unknown.join(", ")}: see cqrs-ops parked list`);
  const chosen = events.filter(({ id }) => wanted?.includes(id) ?? true);
  try {
    await releaseParked(store, processor, as, { events: chosen, released }, { signal });
  } catch (error) {
    if (!(error instanceof RevisionError)) throw error;
    const advice = "look at cqrs-ops parked list, and run it again";
    throw new Error(`events of ${processor} were retried or dropped meanwhile by another run: ${advice}`, {
      cause: error,
    });
  }
  return chosen.map(entryOf);
}

/** The event store, and which processors are meant. @throws {RangeError} for a processor that the application does not have. */
async function opened({ environment, signal, use }: CommandSurroundings, processor: string | undefined) {
  const { processors = [] } = await loadApplication(environment.OPS_APPLICATION);
  if (processor !== undefined && !processors.includes(processor))
    throw new RangeError(`processor: must be one of ${processors.join(", ") || "none"}, got ${processor}`);
  const events = use(await openEventStore(environment, { signal }));
  await checkEventStore(events, signal);
  return { names: processor === undefined ? processors : [processor], store: events.store };
}

const entryOf = ({ id, type, stream, revision, reason, parked }: ParkedEvent) => ({
  ...{ event: id, type, stream, revision: `${revision}`, reason },
  parked: parked.toISOString(),
});
