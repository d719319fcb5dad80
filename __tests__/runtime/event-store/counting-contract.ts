import type { EventStore } from "../../../runtime/event-store/event-store";
import { comparePositions, type Position } from "../../../runtime/event-store/position";
import { bySchedule } from "../../support/test-run/nightly";
import type { Subject } from "./contract";
import { firstOf, idsOf, newEvents, newStream } from "./events";

const BOUND = 1000;
const BATCH = 1000;

const isAfter = (one: Position, other: Position | undefined) => other !== undefined && comparePositions(one, other) > 0;

/**
 * More than a page, a piece or a window of a store's protocol has: of each event, a store sends over 100 bytes. All are read
 * in `npm test`, because a page alone has 500.
 */
const ALWAYS = { many: 1500, part: 1500, areRead: "all are" };

/**
 * Counts, each on top of the one before it.
 * @param nightly how many events there are in the nightly run
 */
export function countingContract(start: () => Promise<Subject>, nightly = 100_000): void {
  const { many, part, areRead } = bySchedule({
    always: ALWAYS,
    nightly: { many: nightly, part: nightly / 5, areRead: "the first fifth is" },
  });
  let subject: Subject;
  let store: EventStore;
  let before: Position | undefined;
  let appended = 0;

  const appendUpTo = async (count: number) => {
    for (; appended < count; appended += Math.min(BATCH, count - appended)) {
      await store.append(newStream(), newEvents(Math.min(BATCH, count - appended)), "no_stream");
    }
  };

  beforeAll(async () => {
    subject = await start();
    store = subject.store;
    before = await store.head();
  }, 60_000);
  afterAll(() => subject.stop());

  test.each([
    [0, 0],
    [1, 1],
    [999, 999],
    [1000, 1000],
    [1001, 1000],
    [many, 1000],
  ])(
    "of %d events, counted up to 1000, %d are counted",
    async (there, count) => {
      await appendUpTo(there);
      const counted = await store.countAfter(before, BOUND);
      expect(counted.count).toBe(count);
      const [oldest] = there === 0 ? [] : await firstOf(1, store.readAll(before));
      expect(counted.oldest).toEqual(oldest?.created);
    },
    120_000,
  );

  test(`of ${many} events, counted further, each is counted`, async () => {
    await appendUpTo(many);
    expect((await store.countAfter(before, many + 1)).count).toBe(many);
  }, 120_000);

  test(`of ${many} events, ${areRead} read once and in order`, async () => {
    await appendUpTo(many);
    const read = await firstOf(part, store.readAll(before));
    expect(new Set(idsOf(read)).size).toBe(part);
    expect(read.every(({ position }, index) => index === 0 || isAfter(position, read[index - 1]?.position))).toBe(true);
  }, 120_000);

  test("of none that are asked for, none are counted", async () => {
    expect(await store.countAfter(before, 0)).toEqual({ count: 0, oldest: undefined });
  });

  test("of what comes after the head, none are counted", async () => {
    expect(await store.countAfter(await store.head(), BOUND)).toEqual({ count: 0, oldest: undefined });
  });
}
