import { InvalidArgumentError, Option, Command as Program } from "commander";
import { VERSION } from "../recovery/tool";
import type { Command } from "./command";
import { COMMANDS } from "./commands";
import { runCommand } from "./run-command";
import type { Surroundings } from "./surroundings";

const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d{1,7}$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`must be a whole number from ${least} to ${most}`);
  };

const BACKUP = ["--backup <id>", "the backup, instead of the last one"] as const;

/** The tool's commands, as its user writes them. @param exitWith told of the exit code that a command has ended with. */
export function program(surroundings: Surroundings, exitWith: (code: number) => void): Program {
  const tool = new Program("cqrs-ops")
    .description("backs up, verifies, restores and rebuilds what a CQRS system keeps")
    .version(VERSION, "--version", "print the tool's version")
    .option("--json", "print the report as one line of JSON")
    .addHelpText("after", "\nExit codes: 0 sound, 1 not as it should be, 2 could not be checked or done.")
    .configureOutput({ writeOut: surroundings.out, writeErr: surroundings.progress })
    .exitOverride();
  const add = <Options>(
    under: Program,
    name: string,
    description: string,
    load: () => Promise<Command<Options>>,
  ): Program =>
    under
      .command(name)
      .description(description)
      .action(async (...of: unknown[]) => {
        // commander gives arguments first, then options and itself.
        const own = of.at(-1) as Program;
        const options = { ...own.opts(), ...argumentsOf(own) } as Options;
        const json = tool.opts<{ json?: boolean }>().json === true;
        exitWith(await runCommand(nameOf(own), load, options, surroundings, { json }));
      });

  add(tool, "backup", "back up read models, then events; finish one that died", COMMANDS.backup)
    .option("--full", "begin a new chain, instead of going on from the last backup")
    .addOption(
      new Option("--full-after-days <days>", "begin a new chain after so many days, 7 if nothing is said")
        .env("BACKUP_FULL_AFTER_DAYS")
        .argParser(wholeNumber(0, 365)),
    )
    .option("--no-read-models", "events alone");
  add(tool, "list", "list backups that are whole", COMMANDS.list);
  add(tool, "verify", "read a backup as a whole and say all that is wrong", COMMANDS.verify)
    .option(...BACKUP)
    .option("--store", "compare the event store with it, event by event")
    .option("--models", "compare the read models with a second rebuild of them");
  add(tool, "restore", "put a backup's events into an empty event store", COMMANDS.restore)
    .option(...BACKUP)
    .option("--replace <name>", "replace the events of the store of this name, which are kept beside it")
    .option("--no-forget", "leave it to others to delete keys of deleted subjects again");
  add(
    tool,
    "forget",
    "delete keys of deleted subjects again, after a restore of the keys' database",
    COMMANDS.forget,
  ).option(
    "--subject <id>",
    "write him into the ledger first, in the place of an entry that is damaged or was never made",
  );
  add(tool, "rebuild", "build the read models anew beside those that are read, and swap them", COMMANDS.rebuild)
    .option("--in-place", "clear them and build them where they are, in front of whoever reads")
    .addOption(
      new Option("--keep <count>", "former models that are kept, the newest, 2 if nothing is said")
        .argParser(wholeNumber(0, 100))
        // In place there are none.
        .conflicts("inPlace"),
    );
  add(tool, "rollback", "put the read models back that a rebuild has kept", COMMANDS.rollback).option(
    "--former <schema>",
    "those of this schema, instead of the newest",
  );
  add(tool, "drill", "restore and rebuild beside what runs, measure it, and take it away again", COMMANDS.drill).option(
    ...BACKUP,
  );
  add(tool, "lag", "say by how many events projections are behind", COMMANDS.lag).option(
    "--limit <events>",
    "events by which one may be behind",
    wholeNumber(1, 1_000_000),
  );
  add(tool, "health", "ask services how they are", COMMANDS.health).argument("<urls...>", "of their health");
  add(tool, "credentials", "give a user of the managed event store a password of its own", COMMANDS.credentials)
    .option("--user <name>", "the user", "admin")
    .option("--again <uuid>", "replace one that is sound, too; a rerun with the same UUID does not do it twice");
  const parked = tool.command("parked").description("events that a processor could not handle");
  add(parked, "list", "list those that were neither retried nor dropped", COMMANDS.parkedList).option(
    "--processor <name>",
    "of this one alone",
  );
  add(parked, "retry", "have the processor handle them again", COMMANDS.parkedRetry)
    .requiredOption("--processor <name>", "that has parked them")
    .option("--event <ids...>", "these, instead of all");
  add(parked, "drop", "take them off the list, handled by nobody", COMMANDS.parkedDrop)
    .requiredOption("--processor <name>", "that has parked them")
    .requiredOption("--event <ids...>", "these");
  const managed = tool.command("managed").description("backups that Kurrent Cloud makes of the managed event store");
  add(managed, "backup", "have one made now, and wait for it", COMMANDS.managedBackup).requiredOption(
    "--name <name>",
    "by which a rerun finds it again",
  );
  add(managed, "list", "list them", COMMANDS.managedList);
  add(managed, "restore", "make a new cluster of one, and write how Terraform takes it over", COMMANDS.managedRestore)
    .requiredOption("--backup <id>", "the backup")
    .requiredOption("--folder <path>", "where the next steps are written")
    .requiredOption("--stack <name>", "name of the event store's stack")
    .option("--name <name>", "of the new cluster")
    .addOption(new Option("--dry-run", "say what would be done, and do nothing"));
  return tool;
}

/** The command that was meant, as far as the words of a run that could not be read name one. */
export function meantIn(tool: Program): string {
  let meant = tool;
  for (const word of tool.args) {
    const next = meant.commands.find((each) => each.name() === word);
    if (next === undefined) break;
    meant = next;
  }
  return nameOf(meant);
}

const nameOf = (command: Program): string =>
  command.parent?.parent ? `${command.parent.name()} ${command.name()}` : command.name();

/** What stands behind a command without a name, by what it is called in its help. */
const argumentsOf = (command: Program): Readonly<Record<string, unknown>> =>
  Object.fromEntries(command.registeredArguments.map((each, index) => [each.name(), command.processedArgs[index]]));
