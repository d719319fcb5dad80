import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Listed = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A folder of one test with a lock file and the output of a synthesis. */
export class LockFolder {
  readonly path = mkdtempSync(join(tmpdir(), "protection-lock-"));
  readonly file = join(this.path, "protection.lock.json");
  readonly outdir = join(this.path, "cdktf.out");

  /** What a user does after the program protects something else. */
  adopt(): void {
    this.write(readFileSync(join(this.outdir, "protection.lock.json"), "utf8"));
  }

  write(text: string): void {
    writeFileSync(this.file, text);
  }

  get text(): string {
    return readFileSync(this.file, "utf8");
  }

  get listed(): Listed {
    return JSON.parse(this.text);
  }

  /** What is listed, without the places of states and resources that each protected stack has. */
  get resources(): Listed {
    const entries = Object.entries(this.listed).map(([stack, addresses]): [string, Listed[string]] => [
      stack,
      Object.fromEntries(Object.entries(addresses).filter(([address]) => !/^(terraform|provider)\./.test(address))),
    ]);
    return Object.fromEntries(entries);
  }

  has(synthesized: string): boolean {
    return existsSync(join(this.outdir, synthesized));
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}
