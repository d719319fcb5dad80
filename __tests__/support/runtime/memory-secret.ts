import {
  SecretError,
  type SecretVersion,
  type VersionedSecret,
} from "../../../runtime/recovery/managed/versioned-secret";

/** A test double of a secret that remembers what it was, in memory; the first version is current whatever it should be. */
export class MemorySecret implements VersionedSecret {
  /** Called before each writing, which fails when this throws. */
  beforeWriting: (what: "put" | "promote" | "settle") => void = () => {};
  private remembered: SecretVersion[] = [];

  async versions(): Promise<readonly SecretVersion[]> {
    return this.remembered;
  }

  async put({ id, labels, text }: SecretVersion): Promise<void> {
    this.beforeWriting("put");
    const all = this.remembered.length === 0 && !labels.includes("current") ? [...labels, "current" as const] : labels;
    for (const label of all) this.take(label);
    this.remembered.unshift({ id, labels: all, text });
  }

  async promote(id: string, former: string): Promise<void> {
    this.beforeWriting("promote");
    if (!this.remembered.some((version) => version.id === former && version.labels.includes("current")))
      throw new SecretError("another is current");
    this.take("previous");
    this.remembered = this.remembered.map((version) => {
      if (version.id === former) return { ...version, labels: ["previous"] };
      return version.id === id ? { ...version, labels: [...version.labels, "current"] } : version;
    });
  }

  async settle(): Promise<void> {
    this.beforeWriting("settle");
    this.take("pending");
  }

  private take(label: SecretVersion["labels"][number]): void {
    this.remembered = this.remembered.map((version) => ({
      ...version,
      labels: version.labels.filter((each) => each !== label),
    }));
  }
}
