import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { RuleOptions } from "../../lib/monitoring/rules/options";
import { recordingRules } from "../../lib/monitoring/rules/recordings";
import { alertRules } from "../../lib/monitoring/rules/rules";
import { expressionProblems } from "../support/promql";

const ROOT = join(__dirname, "..", "..");
const FOLDER = join(ROOT, "docs", "runbooks");
const options: RuleOptions = {
  environment: "production",
  services: true,
  eventStore: { scraped: true },
  backup: { frequency: "hourly", exported: true },
  logs: true,
  runbooks: "docs/runbooks",
};
const names = [...new Set(alertRules(options).map(({ name }) => name))];
const pages = readdirSync(FOLDER).filter((file) => file !== "README.md");
const read = (page: string) => readFileSync(join(FOLDER, page), "utf8");
const SECTIONS = ["What it means", "How to look", "How to mend", "How to know it is mended"];

/** Everything in single backquotes, over the ends of lines. */
const codeIn = (text: string): readonly string[] =>
  [...text.replaceAll(/^```[\s\S]*?^```/gm, "").matchAll(/`([^`]+)`/g)].map(([, code = ""]) =>
    code.replaceAll(/\s+/g, " "),
  );

/** Every key that a type of the configuration has. */
const keys = new Set(
  readdirSync(join(ROOT, "lib", "config")).flatMap((file) =>
    [...readFileSync(join(ROOT, "lib", "config", file), "utf8").matchAll(/readonly (\w+)\??:/g)].map(([, key]) => key),
  ),
);
const KEY_PATH = /^(?:services|architecture|infrastructure|readStore|monitoring|kubernetes|auth)(?:\.[\w<>]+)+$/;

test("every alert has its page, and every page its alert", () => {
  expect(pages.map((page) => page.replace(".md", "")).sort()).toEqual([...names].sort());
});

test("the list names every page", () => {
  for (const page of pages) expect(read("README.md")).toContain(`(${page})`);
});

describe.each(pages)("%s", (page) => {
  const text = read(page);
  const parts = text.split(/^## /m);

  test("says what it means, how to look, how to mend and how to know that it is mended", () => {
    expect(parts[0]).toMatch(new RegExp(`^# ${page.replace(".md", "")}\n\nSeverity: `));
    expect(parts.slice(1).map((part) => part.split("\n")[0])).toEqual(SECTIONS);
    for (const part of parts.slice(1)) expect(part.split("\n").slice(1).join("").length).toBeGreaterThan(40);
  });

  test("asks for series that there are", () => {
    const blocks = [...text.matchAll(/^```promql\n([\s\S]*?)^```/gm)].map(([, expr = ""]) => expr.trim());
    expect(blocks).toHaveLength(1);
    expect(blocks.flatMap((expr) => expressionProblems(expr, recordingRules()))).toEqual([]);
  });

  test("leads to pages that there are", () => {
    const links = [...text.matchAll(/\]\(([^)#]+)/g)].map(([, link = ""]) => link);
    expect(links.filter((link) => !existsSync(join(dirname(join(FOLDER, page)), link)))).toEqual([]);
  });

  test("names keys of the configuration that there are", () => {
    const paths = codeIn(text).filter((code) => KEY_PATH.test(code));
    const strangers = paths.filter((path) =>
      path.split(".").some((key) => !key.startsWith("<") && !key.startsWith("write") && !keys.has(key)),
    );
    expect(strangers).toEqual([]);
  });
});
