import { UnsoundBackupError } from "../recovery/verify/finding";
import type { Command, CommandSurroundings } from "./command";
import { messagesOf } from "./messages-of";
import { ofMissingPackage } from "./missing-package";
import { EXIT_CODES } from "./outcome";
import { Progress } from "./progress";
import type { Surroundings } from "./surroundings";

export interface Output {
  readonly json: boolean;
}

/** In a megabyte; Node counts memory in them. */
const KILOBYTES = 1024;

/** Runs a command to its end, prints what it has found, and closes what it has opened. @returns the exit code. */
export async function runCommand<Options>(
  name: string,
  load: () => Promise<Command<Options>>,
  options: Options,
  surroundings: Surroundings,
  { json }: Output,
): Promise<number> {
  const progress = new Progress(name, surroundings);
  const closing: (() => unknown)[] = [];
  const own: CommandSurroundings = {
    ...surroundings,
    use: (resource, close) => {
      closing.unshift(() => (close === undefined ? resource.close?.() : close(resource)));
      return resource;
    },
  };
  try {
    const command = await load();
    const { isSound, isWhole = true, words, report } = await command(options, own, progress.report);
    progress.stop();
    surroundings.out(`${json ? JSON.stringify({ command: name, ...report }) : words}\n`);
    if (!isWhole) return EXIT_CODES.couldNotCheck;
    return isSound ? EXIT_CODES.sound : EXIT_CODES.mismatch;
  } catch (error) {
    progress.stop();
    return failed(name, ofMissingPackage(error), surroundings, json);
  } finally {
    // What does not close changes nothing of what was found.
    for (const close of closing)
      await Promise.resolve()
        .then(close)
        .catch((error) => surroundings.progress(`cqrs-ops ${name}: ${messagesOf(error).join(": ")}\n`));
    progress.report("over", { megabytes: Math.round(process.resourceUsage().maxRSS / KILOBYTES) });
    progress.stop();
  }
}

function failed(name: string, error: unknown, { out, progress }: Surroundings, json: boolean): number {
  const isUnsound = error instanceof UnsoundBackupError;
  const outcome = isUnsound ? "mismatch" : "could not check";
  const chain = messagesOf(error);
  if (json) {
    const findings = isUnsound ? { findings: error.findings } : {};
    out(`${JSON.stringify({ command: name, outcome, error: chain.join(": "), ...findings })}\n`);
  }
  progress(`cqrs-ops ${name}: ${chain.join(": ")}\n`);
  return isUnsound ? EXIT_CODES.mismatch : EXIT_CODES.couldNotCheck;
}
