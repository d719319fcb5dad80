import { FORGOTTEN, type Forgotten, type SubjectKey, type SubjectKeys } from "../../keys/subject-keys";
import type { WrappedKey } from "../../keys/wrapping-keys";

/** For tests and trials: it forgets all keys with its process, and with them all that they encrypt. */
export class MemorySubjectKeys implements SubjectKeys {
  private readonly keys = new Map<string, SubjectKey>();
  private readonly forgotten = new Set<string>();

  async newest(subject: string): Promise<SubjectKey | Forgotten | undefined> {
    if (this.forgotten.has(subject)) return FORGOTTEN;
    return this.keysOf(subject).reduce<SubjectKey | undefined>(
      (newest, key) => (newest === undefined || key.generation > newest.generation ? key : newest),
      undefined,
    );
  }

  async find(subject: string, id: string): Promise<SubjectKey | Forgotten | undefined> {
    if (this.forgotten.has(subject)) return FORGOTTEN;
    const key = this.keys.get(id);
    return key?.subject === subject ? key : undefined;
  }

  async putIfAbsent(key: SubjectKey): Promise<SubjectKey | Forgotten> {
    if (this.forgotten.has(key.subject)) return FORGOTTEN;
    if (!this.keysOf(key.subject).some(({ generation }) => generation === key.generation)) this.keys.set(key.id, key);
    return (await this.newest(key.subject)) ?? key;
  }

  async delete(subject: string): Promise<void> {
    this.forgotten.add(subject);
    for (const { id } of this.keysOf(subject)) this.keys.delete(id);
  }

  async replaceWrapped({ id, wrapped: former }: SubjectKey, wrapped: WrappedKey): Promise<boolean> {
    const key = this.keys.get(id);
    if (key === undefined || key.wrapped.wrappedBy !== former.wrappedBy) return false;
    this.keys.set(id, { ...key, wrapped });
    return true;
  }

  async notWrappedBy(wrappingKey: string, after: string | undefined, limit: number): Promise<readonly SubjectKey[]> {
    return [...this.keys.values()]
      .filter(({ id, wrapped }) => wrapped.wrappedBy !== wrappingKey && (after === undefined || id > after))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, limit);
  }

  private keysOf(subject: string): readonly SubjectKey[] {
    return [...this.keys.values()].filter((key) => key.subject === subject);
  }
}
