import { KeyRefusedError, type WrappedKey, type WrappingKeys } from "../../../runtime/keys/wrapping-keys";

/** What a contract is tried on. */
export interface WrappingKeysUnderTest {
  /** One that wraps by its own key and trusts no other. */
  readonly keys: WrappingKeys;
  /** One that wraps by another key, and for which that of `keys` is a former one. */
  readonly successor: WrappingKeys;
}

const CONTEXT = { "cqrs:subject": "c-1", "cqrs:key": "k-1" };

const flipped = ({ wrappedBy, bytes }: WrappedKey, index: number): WrappedKey => {
  const changed = Buffer.from(bytes);
  const at = index < 0 ? changed.length + index : index;
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
  return { wrappedBy, bytes: changed };
};

/** What any wrapping keys must do. */
export function wrappingKeysContract(start: () => WrappingKeysUnderTest): void {
  test("opens what it wrapped, under the same context", async () => {
    const { keys } = start();
    const { plaintext, wrapped } = await keys.generate(CONTEXT);
    expect(plaintext).toHaveLength(32);
    expect(Buffer.from(wrapped.bytes).includes(plaintext)).toBe(false);
    expect(wrapped.wrappedBy).toBe(keys.current);
    expect(await keys.unwrap(wrapped, CONTEXT)).toEqual(plaintext);
  });

  test("makes another data key each time", async () => {
    const { keys } = start();
    const [first, second] = [await keys.generate(CONTEXT), await keys.generate(CONTEXT)];
    expect(first.plaintext).not.toEqual(second.plaintext);
  });

  test.each<[string, Record<string, string>]>([
    ["another subject's", { ...CONTEXT, "cqrs:subject": "c-2" }],
    ["another key's", { ...CONTEXT, "cqrs:key": "k-2" }],
    ["one with less in it", { "cqrs:subject": "c-1" }],
    ["one with more in it", { ...CONTEXT, more: "x" }],
    ["an empty one", {}],
  ])("refuses a context that is %s", async (_, context) => {
    const { keys } = start();
    const { wrapped } = await keys.generate(CONTEXT);
    await expect(keys.unwrap(wrapped, context)).rejects.toThrow(KeyRefusedError);
    await expect(keys.rewrap(wrapped, context)).rejects.toThrow(KeyRefusedError);
  });

  test("refuses a wrapped key of which a bit was flipped", async () => {
    const { keys } = start();
    const { wrapped } = await keys.generate(CONTEXT);
    await expect(keys.unwrap(flipped(wrapped, -1), CONTEXT)).rejects.toThrow(KeyRefusedError);
  });

  test("refuses a wrapped key that was cut off", async () => {
    const { keys } = start();
    const { wrapped } = await keys.generate(CONTEXT);
    const cut = { ...wrapped, bytes: wrapped.bytes.subarray(0, -4) };
    await expect(keys.unwrap(cut, CONTEXT)).rejects.toThrow(KeyRefusedError);
  });

  test("asks no key that nobody has configured", async () => {
    const { keys, successor } = start();
    const { wrapped } = await successor.generate(CONTEXT);
    await expect(keys.unwrap(wrapped, CONTEXT)).rejects.toThrow(KeyRefusedError);
  });

  test("is not led to another key by what a wrapped key says of itself", async () => {
    const { keys, successor } = start();
    const { wrapped } = await keys.generate(CONTEXT);
    const lying = { ...wrapped, wrappedBy: successor.current };
    // KMS refuses it as an incorrect key by its reference, moto as a caller without access.
    await expect(successor.unwrap(lying, CONTEXT)).rejects.toMatchObject({
      name: expect.stringMatching(/^(?:KeyRefusedError|KeyServiceUnavailableError)$/),
    });
  });

  test("a successor opens what a former key wrapped, and wraps it anew as the same data key", async () => {
    const { keys, successor } = start();
    const { plaintext, wrapped } = await keys.generate(CONTEXT);
    expect(await successor.unwrap(wrapped, CONTEXT)).toEqual(plaintext);
    const again = await successor.rewrap(wrapped, CONTEXT);
    expect(again.wrappedBy).toBe(successor.current);
    expect(await successor.unwrap(again, CONTEXT)).toEqual(plaintext);
    await expect(keys.unwrap(again, CONTEXT)).rejects.toThrow(KeyRefusedError);
  });

  test("a refusal says nothing of the key", async () => {
    const { keys } = start();
    const { wrapped } = await keys.generate(CONTEXT);
    const error: Error = await keys.unwrap(wrapped, {}).then(
      () => new Error("opened"),
      (it) => it,
    );
    expect(error.message).toBe("a wrapped data key does not open as what it is said to be");
  });
}
