import { randomBytes, randomUUID } from "node:crypto";
import type { Watching } from "./progress";
import { type SecretLogin, secretLogin, textOf } from "./secret-login";
import type { StoreUsers } from "./store-users";
import type { VersionedSecret, VersionLabel } from "./versioned-secret";
import { Watch } from "./watch";

/**
 * Each begins where the one before it has ended. A run has those that it needs: `keeping` for a secret without a value alone,
 * which is given the password that works.
 */
export const ROTATION_STAGES = [
  "looking",
  "keeping",
  "proposing",
  "changing",
  "testing",
  "promoting",
  "settling",
  "done",
] as const;
export type RotationStage = (typeof ROTATION_STAGES)[number];

/** What all of it may take: two minutes, with a look each second, if nothing else is said. */
export interface RotationOptions extends Watching<RotationStage> {
  /** At the event store, which begins with `admin` and `ops`. */
  readonly username: string;
  /** What its maker may have generated for the user. It is replaced, as 'changeit' is, which everybody knows. @default - none */
  readonly firstPasswords?: readonly string[];
  /** Whether a password that is in the secret and is no first one is replaced, too. @default false */
  readonly again?: boolean;
  /** Names this rotation, so that another run with the same does not do it a second time: a UUID. @default - a new one */
  readonly rotation?: string;
}

export interface Rotated {
  /** `sound`: what is in the secret was right, and is kept. */
  readonly outcome: "rotated" | "sound";
  /** Version of the secret that has the password. */
  readonly version: string;
}

/** None of the passwords that are known is the user's. */
export class NoPasswordWorksError extends Error {
  override readonly name = "NoPasswordWorksError";

  constructor(tried: number) {
    super(`password: must be one of the ${tried} that the secret remembers or the store began with, is another`);
  }
}

/** kurrent-io/documentation, docs/cloud/ops/README.md, and KurrentDB's own. */
const KNOWN_TO_ALL = "changeit";
const PASSWORD_BYTES = 32;
/** What names a version of a secret. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Followers learn of a changed password a moment later than the leader, and any node may be asked. */
const ROUNDS = 4;
/** In the order in which they are tried: a run that was killed has left the pending one. */
const ORDER: readonly VersionLabel[] = ["pending", "current", "previous"];

interface Found {
  readonly versions: readonly SecretLogin[];
  readonly working: string;
}

/**
 * Gives a user of the event store another password, by way of a secret that remembers it from before it counts until after: it
 * is pending there, then changed at the store, then tried, then current. Whenever this ends, some version of the secret has the
 * password, and another run finds which one and goes on.
 * @throws {NoPasswordWorksError} @throws {SecretError} @throws {WatchingLimitError}
 */
export async function rotateCredentials(
  users: StoreUsers,
  secret: VersionedSecret,
  options: RotationOptions,
): Promise<Rotated> {
  return new Rotation(users, secret, options).run();
}

class Rotation {
  private readonly watch: Watch<RotationStage>;
  private readonly username: string;
  private readonly firstPasswords: readonly string[];

  constructor(
    private readonly users: StoreUsers,
    private readonly secret: VersionedSecret,
    private readonly options: RotationOptions,
  ) {
    const { username, firstPasswords = [], rotation } = options;
    const { pollMilliseconds = 1000, limitMilliseconds = 120_000 } = options;
    if (!/^[^\s:]{1,100}$/.test(username)) throw new RangeError("username: must be a name without spaces and colons");
    if (rotation !== undefined && !UUID.test(rotation))
      throw new RangeError(`rotation: must be a UUID, got '${rotation}'`);
    this.username = username;
    this.firstPasswords = [...firstPasswords, KNOWN_TO_ALL];
    this.watch = new Watch("password", { ...options, pollMilliseconds, limitMilliseconds });
  }

  async run(): Promise<Rotated> {
    this.watch.begin("looking");
    const found = await this.look();
    const current = labelled(found.versions, "current");
    const pending = labelled(found.versions, "pending");
    const isBegun = pending?.password !== undefined && pending.id !== current?.id;
    if (!isBegun && current !== undefined && this.isSound(current, found.working))
      return this.settle(current.id, "sound");

    const kept = current?.password === undefined ? await this.keep(found) : current;
    const next = isBegun ? pending : await this.propose(kept);
    await this.change(found.working, `${next.password}`);
    await this.test(`${next.password}`);
    await this.promote(next.id, kept.id);
    return this.settle(next.id, "rotated");
  }

  private isSound(current: SecretLogin, working: string): boolean {
    const { again = false, rotation } = this.options;
    if (current.password !== working || this.firstPasswords.includes(working)) return false;
    return !again || current.id === rotation;
  }

  /** A first version is the current one at once, whatever label it should have: what works must be it. */
  private async keep({ versions, working }: Found): Promise<SecretLogin> {
    this.watch.begin("keeping");
    return this.put(randomUUID(), "current", labelled(versions, "current")?.fields ?? {}, working);
  }

  private async propose({ fields }: SecretLogin): Promise<SecretLogin> {
    this.watch.begin("proposing");
    const password = randomBytes(PASSWORD_BYTES).toString("base64url");
    return this.put(this.options.rotation ?? randomUUID(), "pending", fields, password);
  }

  private async put(id: string, label: VersionLabel, fields: SecretLogin["fields"], password: string) {
    const version = { id, labels: [label], text: textOf(fields, this.username, password) };
    await this.secret.put(version, this.options);
    return secretLogin(version, this.username);
  }

  /** What came of a change without an answer is seen by who may sign in. */
  private async change(working: string, next: string): Promise<void> {
    if (working === next) return;
    this.watch.begin("changing");
    let password = working;
    let isSure = true;
    await this.watch.until(async () => {
      if (!isSure) password = (await this.look(next)).working;
      if (password === next) return {};
      isSure = false;
      const isChanged = await this.users.changePassword({ username: this.username, password }, next, this.options);
      return isChanged ? {} : "the password was changed by somebody else meanwhile";
    });
  }

  private async test(password: string): Promise<void> {
    this.watch.begin("testing");
    const login = { username: this.username, password };
    await this.watch.until(async () =>
      (await this.users.signsIn(login, this.options)) ? {} : "the new password is not known everywhere yet",
    );
  }

  /** Only in the place of the version that was current when this began: another run may have been quicker. */
  private async promote(id: string, former: string): Promise<void> {
    this.watch.begin("promoting");
    await this.secret.promote(id, former, this.options).catch(async (error: unknown) => {
      // It may have been done by a call whose answer was lost.
      if (labelled(await this.read(), "current")?.id !== id) throw error;
    });
  }

  private async settle(id: string, outcome: Rotated["outcome"]): Promise<Rotated> {
    this.watch.begin("settling");
    if (labelled(await this.read(), "pending")?.id === id) await this.secret.settle(id, this.options);
    this.watch.begin("done");
    return { outcome, version: id };
  }

  /** Which of the passwords works, of those that the secret remembers and those that the store began with. */
  private async look(first?: string): Promise<Found> {
    let rounds = 0;
    return this.watch.until(async () => {
      const versions = await this.read();
      const passwords = new Set([first, ...versions.map(({ password }) => password), ...this.firstPasswords]);
      passwords.delete(undefined);
      for (const password of passwords) {
        const login = { username: this.username, password: `${password}` };
        if (await this.users.signsIn(login, this.options)) return { versions, working: login.password };
      }
      rounds += 1;
      if (rounds >= ROUNDS) throw new NoPasswordWorksError(passwords.size);
      return "no password works yet";
    });
  }

  private async read(): Promise<readonly SecretLogin[]> {
    const versions = await this.secret.versions(this.options);
    const rank = ({ labels }: SecretLogin) => {
      const place = ORDER.findIndex((label) => labels.includes(label));
      return place === -1 ? ORDER.length : place;
    };
    return versions.map((version) => secretLogin(version, this.username)).sort((one, other) => rank(one) - rank(other));
  }
}

const labelled = (versions: readonly SecretLogin[], label: VersionLabel): SecretLogin | undefined =>
  versions.find(({ labels }) => labels.includes(label));
