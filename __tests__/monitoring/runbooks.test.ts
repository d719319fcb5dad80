import { dashboardsOf } from "../../lib/monitoring/dashboards/dashboards";
import type { PanelLink } from "../../lib/monitoring/rules/alert";
import type { RuleOptions } from "../../lib/monitoring/rules/options";
import { recordingRules } from "../../lib/monitoring/rules/recordings";
import { alertRules } from "../../lib/monitoring/rules/rules";
import { blocksOf, Runbooks, strangeKeysIn } from "../support/documents/runbooks";
import { expressionProblems } from "../support/monitoring/promql";

const runbooks = new Runbooks("runbooks");
const { pages } = runbooks;
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
const SECTIONS = ["What it means", "How to look", "How to mend", "How to know it is mended"];

/** What an operator of the platform has at hand. */
const PROGRAMS = ["kubectl", "aws", "npx", "curl", "openssl", "psql"];

const dashboards = dashboardsOf({ eventStore: { scraped: true } });
const titleOf = ({ dashboard, panel }: PanelLink) =>
  dashboards
    .filter(({ uid }) => uid === dashboard)
    .flatMap(({ rows }) => rows.flatMap(({ panels }) => panels))
    .find(({ id }) => id === panel)?.title;

test("every alert has its page, and every page its alert", () => {
  expect(pages.map((page) => page.replace(".md", "")).sort()).toEqual([...names].sort());
});

test("the list names every page", () => {
  for (const page of pages) expect(runbooks.read("README.md")).toContain(`(${page})`);
});

describe.each(pages)("%s", (page) => {
  const text = runbooks.read(page);
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
    expect(runbooks.deadLinks(page)).toEqual([]);
  });

  test("names keys of the configuration that there are", () => {
    expect(strangeKeysIn(text)).toEqual([]);
  });
});
