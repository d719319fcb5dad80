import { setImmediate as nextTurn } from "node:timers/promises";
import { inOrder, reversed } from "../../../scripts/rehearsal/in-order";

const NEEDS = { edge: ["reader", "writer"], reader: ["base"], base: [], writer: ["base"] };

/** Starts and ends of the parts, in their order. */
async function runsOf(needs: Parameters<typeof inOrder>[0], atOnce: number, fails?: string) {
  const events: string[] = [];
  const ended = inOrder(needs, atOnce, async (name) => {
    events.push(`${name} starts`);
    await nextTurn();
    if (name === fails) throw new Error(`${name} failed`);
    events.push(`${name} ends`);
  });
  const error = await ended.then(() => undefined).catch((reason: Error) => reason.message);
  return { events, error };
}

test("a part starts when those that it needs have ended", async () => {
  expect((await runsOf(NEEDS, 2)).events).toEqual([
    ...["base starts", "base ends"],
    ...["reader starts", "writer starts", "reader ends", "writer ends"],
    ...["edge starts", "edge ends"],
  ]);
});

test("no more parts run at a time than allowed", async () => {
  const { events } = await runsOf(NEEDS, 1);
  expect(events.map((event) => event.split(" ")[1])).toEqual([
    "starts",
    "ends",
    "starts",
    "ends",
    "starts",
    "ends",
    "starts",
    "ends",
  ]);
});

test("after a failure no part starts, and those that run come to their end", async () => {
  expect(await runsOf(NEEDS, 2, "reader")).toEqual({
    events: ["base starts", "base ends", "reader starts", "writer starts", "writer ends"],
    error: "reader failed",
  });
});

test("parts that need each other are refused", async () => {
  expect(await runsOf({ one: ["other"], other: ["one"], base: [] }, 2)).toEqual({
    events: ["base starts", "base ends"],
    error: "one, other: must not need each other",
  });
});

test("what is taken down last is what all others need", async () => {
  expect(reversed(NEEDS)).toEqual({ edge: [], reader: ["edge"], base: ["reader", "writer"], writer: ["edge"] });
});
