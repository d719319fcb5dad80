import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const ROOT = join(__dirname, "..", "..", "..");
const CONFIG = join(ROOT, "lib", "config");

/** A folder below `docs` with pages of one kind, and a README that lists them. */
export class Runbooks {
  readonly pages: readonly string[];
  private readonly folder: string;

  constructor(...path: readonly string[]) {
    this.folder = join(ROOT, "docs", ...path);
    this.pages = readdirSync(this.folder).filter((file) => file.endsWith(".md") && file !== "README.md");
  }

  read(page: string): string {
    return readFileSync(join(this.folder, page), "utf8");
  }

  deadLinks(page: string): readonly string[] {
    return deadLinksIn(join(this.folder, page));
  }
}

/** Links of a document to files that are not there. */
export const deadLinksIn = (document: string): readonly string[] =>
  [...readFileSync(document, "utf8").matchAll(/\]\((?!\w+:)([^)#]+)/g)]
    .map(([, link = ""]) => link)
    .filter((link) => !existsSync(join(dirname(document), link)));

/** Blocks of one language, those within lists too. */
export const blocksOf = (language: string, text: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^ *\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\``, "gm"))].map(([, block = ""]) =>
    block.trim(),
  );

/** Everything in single backquotes, over the ends of lines. */
const codeIn = (text: string): readonly string[] =>
  [...text.replaceAll(/^ *```[\s\S]*?^ *```/gm, "").matchAll(/`([^`]+)`/g)].map(([, code = ""]) =>
    code.replaceAll(/\s+/g, " "),
  );

/** Every key that a type of the configuration has. */
const KEYS = new Set(
  readdirSync(CONFIG).flatMap((file) =>
    [...readFileSync(join(CONFIG, file), "utf8").matchAll(/readonly (\w+)\??:/g)].map(([, key]) => key),
  ),
);
const KEY_PATH =
  /^(?:services|architecture|infrastructure|readStore|monitoring|kubernetes|auth|recovery)(?:\.[\w<>]+)+$/;

/** Paths of the configuration that a text names and that there are not. */
export const strangeKeysIn = (text: string): readonly string[] =>
  codeIn(text)
    .filter((code) => KEY_PATH.test(code))
    .filter((path) =>
      path.split(".").some((key) => !key.startsWith("<") && !key.startsWith("write") && !KEYS.has(key)),
    );
