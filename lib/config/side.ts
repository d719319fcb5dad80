/** Which side of the system something serves: where commands are handled, or where queries are answered. */
export type Side = "write" | "read";

export const BOTH_SIDES: readonly Side[] = ["write", "read"];
