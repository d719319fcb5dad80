/** An error's and its causes' messages: whoever runs the tool may see hosts. */
export function messagesOf(error: unknown): readonly string[] {
  if (typeof error !== "object" || error === null) return [`${error}`];
  const { message, cause, errors } = error as { message?: unknown; cause?: unknown; errors?: unknown };
  // Node's own for a host of several addresses has its errors in a list, and no message.
  const inner = Array.isArray(errors) ? errors[0] : cause;
  return [
    ...(message === undefined || message === "" ? [] : [`${message}`]),
    ...(inner === undefined ? [] : messagesOf(inner)),
  ];
}
