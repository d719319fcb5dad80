import type { StoredEvent } from "../../../runtime/event-store/event-store";
import { PartitionQueue } from "../../../runtime/projections/partition-queue";
import type { Projection } from "../../../runtime/projections/projection";
import { Slots } from "../../../runtime/projections/slots";
import {
  CheckpointMovedError,
  type Move,
  PartitionsDifferError,
  type ReadModels,
} from "../../../runtime/read-models/read-models";

const BATCH = 2_000;
const EVENTS = 4_000;

const eventAt = (number: number): StoredEvent => ({
  id: `${number}`,
  type: "OrderCreated",
  stream: "order-1",
  revision: BigInt(number),
  position: { major: BigInt(number), minor: 0n },
  data: Buffer.alloc(1),
  metadata: {},
  created: new Date(0),
});

/** A queue whose models take what neither they nor the projection refuse. */
function queueOf(
  handle: (event: StoredEvent) => void,
  refused: () => Error | undefined = () => undefined,
  retryMs = 1,
) {
  const tries: number[] = [];
  const moves: Move[] = [];
  const projection: Projection<undefined> = {
    ...{ name: "orders", types: ["OrderCreated"], handle: async () => {} },
    handleAll: async (events) => {
      tries.push(events.length);
      for (const event of events) handle(event);
    },
  };
  const readModels: ReadModels<undefined> = {
    checkpoints: async () => new Map(),
    project: async (_, move, write) => {
      const refusal = refused();
      if (refusal !== undefined) throw refusal;
      await write(undefined);
      moves.push(move);
    },
    close: async () => {},
  };
  const room = new Slots(EVENTS);
  const queue = new PartitionQueue({
    ...{ number: 0, of: 1, projection, readModels, turns: new Slots(1), room, roomOf: () => 1 },
    ...{ batch: BATCH, retryMs, signal: new AbortController().signal, cut: new AbortController().signal },
    log: { info: () => {}, warn: () => {}, error: () => {} },
  });
  return { queue, tries, moves, room };
}

async function given({ queue, room }: Pick<ReturnType<typeof queueOf>, "queue" | "room">): Promise<void> {
  for (let number = 0; number < EVENTS; number++) {
    if (!room.tryTake(1)) throw new Error("no room");
    queue.add(eventAt(number));
  }
  while (!queue.isStopped && queue.refusal === undefined && queue.checkpoint?.major !== BigInt(EVENTS - 1))
    await new Promise((resolve) => setImmediate(resolve));
  await queue.idle();
}

test.each([0, 1, 999, 1_023, 1_998, 1_999, 3_777])(
  "comes to an event that can't be handled by few tries, and does all that come before it: %d",
  async (poison) => {
    const made = queueOf(({ id }) => {
      if (id === `${poison}`) throw new TypeError("bad");
    });
    await given(made);
    expect(made.queue.isStopped).toBe(true);
    expect(made.queue.checkpoint?.major).toBe(poison === 0 ? undefined : BigInt(poison - 1));
    // Halving and doubling take some for each power of two of a batch; each event by itself, two for each of them.
    expect(made.tries.length).toBeLessThan(60);
    // What was done in vain is some batches, too.
    expect(made.tries.reduce((sum, size) => sum + size, 0)).toBeLessThan(5 * BATCH + EVENTS);
    expect(made.room.tryTake(EVENTS)).toBe(true);
  },
);

test("waits twice as long before each further try of one event", async () => {
  const times: number[] = [];
  const made = queueOf(
    ({ id }) => {
      if (id !== "0") return;
      times.push(performance.now());
      throw new TypeError("bad");
    },
    undefined,
    10,
  );
  await given(made);
  const pauses = times.slice(-6).map((time, index, all) => time - (all[index - 1] ?? time));
  // A timer may be a millisecond early.
  for (const [index, least] of [10, 20, 40, 80, 160].entries()) expect(pauses[index + 1]).toBeGreaterThan(least - 2);
});

test("goes back to full batches behind an event that was mended", async () => {
  let failures = 0;
  const made = queueOf(({ id }) => {
    if (id === "100" && ++failures < 5) throw new TypeError("bad");
  });
  await given(made);
  expect(made.queue.isStopped).toBe(false);
  expect(made.queue.checkpoint?.major).toBe(BigInt(EVENTS - 1));
  expect(made.tries.length).toBeLessThan(40);
});

test("takes no more events of models that have become others, and blames none", async () => {
  const refusal = new PartitionsDifferError("orders", 2, 1);
  const made = queueOf(
    () => {},
    () => refusal,
  );
  await given(made);
  expect(made.queue.refusal).toBe(refusal);
  expect(made.queue.isStopped).toBe(false);
  expect([made.tries, made.moves]).toEqual([[], []]);
  expect(made.room.tryTake(EVENTS)).toBe(true);
  made.queue.begin(undefined);
  expect(made.queue.refusal).toBeUndefined();
});

test("does not do again what another owner has done that has read further", async () => {
  const moved = new CheckpointMovedError({ projection: "orders", number: 0, of: 1 }, eventAt(5).position);
  const refusals = [moved];
  const handled: string[] = [];
  const { queue, moves, room } = queueOf(
    ({ id }) => void handled.push(id),
    () => refusals.pop(),
  );
  const add = async (...numbers: number[]) => {
    for (const number of numbers) {
      room.tryTake(1);
      queue.add(eventAt(number));
    }
    await queue.idle();
  };
  await add(0);
  // They come once it has followed the other owner, who has done those up to 5.
  await add(1, 2, 3, 4, 5, 6, 7);
  expect(handled).toEqual(["6", "7"]);
  expect(moves).toEqual([{ from: eventAt(5).position, to: eventAt(7).position }]);
  expect(room.tryTake(EVENTS)).toBe(true);
});
