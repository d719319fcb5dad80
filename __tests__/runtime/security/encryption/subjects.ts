import { MemorySubjectKeys } from "../../../../runtime/adapters/local/memory-subject-keys";
import { DataKeys } from "../../../../runtime/keys/data-keys";
import { CountedKeys } from "../../keys/counted-keys";

/** Data keys as a service has them, on test doubles: keys in memory, wrapped by a local key. */
export interface Subjects {
  readonly keys: DataKeys;
  readonly wrappingKeys: CountedKeys;
  readonly subjectKeys: MemorySubjectKeys;
  /** The same as another process has it, with nothing at hand. */
  another(): DataKeys;
  close(): void;
}

export function newSubjects(): Subjects {
  const [wrappingKeys, subjectKeys] = [new CountedKeys(), new MemorySubjectKeys()];
  const opened: DataKeys[] = [];
  const another = () => {
    const keys = new DataKeys({ wrappingKeys, subjectKeys });
    opened.push(keys);
    return keys;
  };
  const close = () => {
    for (const keys of opened) keys.close();
    wrappingKeys.close();
  };
  return { keys: another(), wrappingKeys, subjectKeys, another, close };
}

/** A sealed text with other bytes in it. */
export function resealed(text: string, change: (bytes: Buffer) => Buffer): string {
  const end = text.lastIndexOf(":") + 1;
  return text.slice(0, end) + change(Buffer.from(text.slice(end), "base64url")).toString("base64url");
}

/** With one bit of one byte flipped. */
export const flippedAt =
  (index: number) =>
  (bytes: Buffer): Buffer => {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
    return changed;
  };
