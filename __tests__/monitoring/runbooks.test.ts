import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { dashboardsOf } from "../../lib/monitoring/dashboards/dashboards";
import type { PanelLink } from "../../lib/monitoring/rules/alert";
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
const alerts = alertRules(options);
const names = [...new Set(alerts.map(({ name }) => name))];
const pages = readdirSync(FOLDER).filter((file) => file !== "README.md");
const read = (page: string) => readFileSync(join(FOLDER, page), "utf8");
const SECTIONS = ["What it means", "How to look", "How to mend", "How to know it is mended"];

/** What an operator of the platform has at hand. */
const PROGRAMS = ["kubectl", "aws", "npx", "curl", "openssl", "psql"];

/** Blocks of one language, those within lists too. */
const blocksOf = (language: string, text: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^ *\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\``, "gm"))].map(([, block = ""]) =>
    block.trim(),
  );

const dashboards = dashboardsOf({ eventStore: { scraped: true } });
const titleOf = ({ dashboard, panel }: PanelLink) =>
  dashboards
    .filter(({ uid }) => uid === dashboard)
    .flatMap(({ rows }) => rows.flatMap(({ panels }) => panels))
    .find(({ id }) => id === panel)?.title;

/** Everything in single backquotes, over the ends of lines. */
const codeIn = (text: string): readonly string[] =>
  [...text.replaceAll(/^ *```[\s\S]*?^ *```/gm, "").matchAll(/`([^`]+)`/g)].map(([, code = ""]) =>
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
    expect(blocksOf("promql", text)).not.toEqual([]);
    expect(blocksOf("promql", parts.at(-1) ?? "")).not.toEqual([]);
    expect(blocksOf("promql", text).flatMap((expr) => expressionProblems(expr, recordingRules()))).toEqual([]);
  });

  test("has commands of programs that one has", () => {
    const commands = blocksOf("sh", text).flatMap((block) => block.split("\n").map((line) => line.trim()));
    expect(commands.filter((command) => !PROGRAMS.includes(command.split(" ")[0] ?? ""))).toEqual([]);
  });

  test("shows the panel to which its alerts lead", () => {
    const own = alerts.filter(({ name }) => `${name}.md` === page);
    for (const { panel, severity } of own) {
      expect(parts[0]).toContain(severity);
      expect(parts[0]).toContain(`Dashboard \`${panel.dashboard}\`, panel ${panel.panel}, “${titleOf(panel)}”.`);
    }
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
