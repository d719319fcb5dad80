import { CommanderError } from "commander";
import { EXIT_CODES } from "./outcome";
import { meantIn, program } from "./program";
import type { Surroundings } from "./surroundings";

/** Runs the tool with the arguments of its command line. @returns the exit code. @throws an internal error. */
export async function runTool(args: readonly string[], surroundings: Surroundings): Promise<number> {
  let exitCode: number = EXIT_CODES.sound;
  const tool = program(surroundings, (code) => {
    exitCode = code;
  });
  try {
    await tool.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    // commander has printed the reason. A request for help ends with its exit code 0.
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT_CODES.sound;
    if (tool.opts<{ json?: boolean }>().json === true) {
      const message =
        error.code === "commander.help" ? "a command must be given" : error.message.replace(/^error: /, "");
      surroundings.out(`${JSON.stringify({ command: meantIn(tool), outcome: "could not check", error: message })}\n`);
    }
    return EXIT_CODES.couldNotCheck;
  }
}
