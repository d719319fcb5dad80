import { spawnSync } from "node:child_process";
import { join } from "node:path";

// The long forms of the tests, the drill and the benchmarks. All of them run, also after one has failed, because each
// finds what the others do not.

const COMMANDS = [
  ["npx", "jest", "--ci", "--config", "jest.nightly.config.js"],
  ["npm", "run", "drill", "--", "--events", "200000"],
  ["npm", "run", "bench", "--", "--events", "200000"],
];

const results = COMMANDS.map(([program = "", ...args]) => {
  const command = [program, ...args].join(" ");
  console.log(`\n$ ${command}`);
  const { status, signal } = spawnSync(program, args, { cwd: join(__dirname, ".."), stdio: "inherit" });
  return { command, result: status === 0 ? "passed" : `failed with ${signal ?? status}` };
});
for (const { command, result } of results) console.log(`${command}: ${result}`);
if (results.some(({ result }) => result !== "passed")) process.exitCode = 1;
