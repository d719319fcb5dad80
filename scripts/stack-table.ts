import { readSynthesized, type Synthesized, type TerraformJson } from "../__tests__/support/synthesis/synthesized";

const count = (blocks: TerraformJson["resource"]): number =>
  Object.values(blocks ?? {}).reduce((sum, named) => sum + Object.keys(named).length, 0);

/** What was synthesized, a line for each stack, in the order in which they can be deployed. */
export function stackTable({ stacks, dependencies }: Synthesized): string {
  const rows = deployOrder(dependencies).map((name) => ({
    name,
    resources: count(stacks[name]?.resource),
    dataSources: count(stacks[name]?.data),
    after: (dependencies[name] ?? []).join(", "),
  }));
  const total = rows.reduce((sum, { resources }) => sum + resources, 0);
  const cells = [
    ["stack", "resources", "data sources", "deployed after"],
    ...rows.map(({ name, resources, dataSources, after }) => [name, `${resources}`, `${dataSources}`, after]),
    [`${rows.length} stacks`, `${total}`, `${rows.reduce((sum, { dataSources }) => sum + dataSources, 0)}`, ""],
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => (row[column] ?? "").length)));
  const line = ([name = "", resources = "", dataSources = "", after = ""]: string[]): string =>
    [name.padEnd(widths[0] ?? 0), resources.padStart(widths[1] ?? 0), dataSources.padStart(widths[2] ?? 0), after]
      .join("  ")
      .trimEnd();
  return cells.map(line).join("\n");
}

/** Each stack behind those that it needs, otherwise by name. */
function deployOrder(dependencies: Synthesized["dependencies"]): string[] {
  const order = new Set<string>();
  const add = (name: string): void => {
    for (const needed of dependencies[name] ?? []) if (!order.has(needed)) add(needed);
    order.add(name);
  };
  for (const name of Object.keys(dependencies).sort()) add(name);
  return [...order];
}

if (require.main === module) console.log(stackTable(readSynthesized(process.argv[2] ?? "cdktf.out")));
