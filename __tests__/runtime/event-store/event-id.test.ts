import { derivedEventId } from "../../../runtime/event-store/event-id";

test("the same cause has the same id of what follows, for ever", () => {
  expect(derivedEventId("cause", "order-7 0")).toBe(derivedEventId("cause", "order-7 0"));
  // Ids that are stored must be found again by the next version of this function.
  expect(derivedEventId("cause", "order-7 0")).toBe("40743819-98a8-8392-8443-c6299fd18a5c");
});

test("it is a UUID of version 8", () => {
  expect(derivedEventId("a", "b")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("what ends the one does not begin the other", () => {
  expect(derivedEventId("ab", "c")).not.toBe(derivedEventId("a", "bc"));
});
