import { readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { App, type TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { InvalidConfigurationError, throwIfAny } from "../lib/core/problems";
import { checkProps, known, type Rules, rule } from "../lib/core/rules";
import { stacksWithin } from "../lib/synthesis/elements";
import { type ProtectedContent, protectedContentOf } from "../lib/synthesis/protected-content";
import {
  compare,
  differences,
  formatProtectedStacks,
  isProtectedStacks,
  type ProtectedStacks,
} from "../lib/synthesis/protection-comparison";

export interface ProtectionLockProps {
  /**
   * Path of the lock file, which belongs into version control: absolute, or from the folder in which the program runs,
   * as `outdir` is. `false` compares nothing, for unit tests of a program: then what leaves it is destroyed.
   */
  readonly file: string | false;
}

const RULES: Rules<ProtectionLockProps> = {
  file: known(rule("a path or false", (value) => value === false || (typeof value === "string" && /\S/.test(value)))),
};
const MARK = Symbol.for("cdktf-cqrs/ProtectionLock");
const EXAMPLE = 'new ProtectionLock(app, "Lock", { file: "protection.lock.json" })';

/**
 * What an app has protected, in a file under version control. Terraform's `prevent_destroy` is part of a resource's block
 * and leaves the configuration with it: the next deployment destroys the resource. A stack that leaves the program is
 * known to no program any more. Synthesis compares the file with the program and refuses both, until the line is deleted.
 *
 * It lists each resource that Terraform or its provider refuses to destroy, in any stack of the app, and each stack of an
 * environment with `deletionProtection`. Synthesis never writes the file: where the program protects something else than
 * the file says, it fails and writes the file as it must be to the output folder, to be copied.
 */
export class ProtectionLock extends Construct {
  /** Whether a construct is one, in whichever copy of the package it was made. */
  static isProtectionLock(construct: unknown): construct is ProtectionLock {
    return typeof construct === "object" && construct !== null && MARK in construct;
  }

  /**
   * Compares an app with its lock, before the first file is written.
   * @throws {InvalidConfigurationError} with everything that left the program, or that the lock lacks.
   */
  static check(app: App, stacks: readonly TerraformStack[]): void {
    const locks = app.node.children.filter(ProtectionLock.isProtectionLock);
    const [lock] = locks;
    if (locks.length > 1) {
      const where = locks.map(({ node }) => `'${node.path}'`).join(" and ");
      throwIfAny([{ path: "the app", message: `must have one ProtectionLock, got ${where}` }]);
    }
    if (lock?.file === false) return;
    const program = Object.fromEntries(stacks.map((stack) => [stack.node.id, protectedContentOf(stack)]));
    if (lock !== undefined) compareWithFile(lock.file, program, app.outdir);
    else if (Object.values(program).some(({ isProtected }) => isProtected)) {
      const message = `must have a ProtectionLock in the app while it is true, got none: ${EXAMPLE}`;
      throwIfAny([{ path: "deletionProtection", message }]);
    }
  }

  readonly file: string | false;

  /** @throws {InvalidConfigurationError} when the scope is no app, or `file` neither a path nor false. */
  constructor(scope: App, id: string, props: ProtectionLockProps) {
    super(scope, id);
    if (!App.isApp(scope)) throwIfAny([{ path: this.node.path, message: "must be in the app itself" }]);
    checkProps(this, props, RULES);
    scope.node.addValidation({ validate: () => checkWithoutPlatform(scope) });
    Object.defineProperty(this, MARK, { value: true });
    this.file = props.file;
  }
}

/** Whether a stack calls `check` itself, before the first file is written. */
export const isPlatformStack = (stack: TerraformStack): boolean => "isProtected" in stack;

/** cdktf validates an app after the last file, and before the manifest without which nothing is deployed. */
function checkWithoutPlatform(app: App): string[] {
  const stacks = stacksWithin(app);
  if (!stacks.some(isPlatformStack)) ProtectionLock.check(app, stacks);
  return [];
}

function compareWithFile(file: string, program: Readonly<Record<string, ProtectedContent>>, outdir: string): void {
  const listed = read(file);
  const { problems, next } = compare(listed ?? {}, program, file);
  const [first, ...others] = differences(listed ?? {}, next);
  if (first === undefined) {
    throwIfAny(problems);
    return;
  }
  const written = join(outdir, basename(file));
  if (resolve(written) === resolve(file)) {
    throwIfAny([
      { path: file, message: `must be outside the output folder ${outdir}, which is not under version control` },
    ]);
  }
  writeFileSync(written, formatProtectedStacks(next));
  const differing = others.length === 0 ? first : `${first} and ${others.length} more`;
  const got = listed === undefined ? "no file" : `one that differs in ${differing}`;
  const message = `must list what the program protects, got ${got}. Copy ${written} to ${file} and commit it`;
  throwIfAny([...problems, { path: file, message }]);
}

/** @returns undefined if there is no file. */
function read(file: string): ProtectedStacks | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as { readonly code?: string }).code === "ENOENT") return undefined;
    throw error;
  }
  const listed = parse(file, text);
  throwIfAny(isProtectedStacks.problemsOf(listed, file));
  return listed as ProtectedStacks;
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidConfigurationError([{ path: file, message: `must be JSON, got ${(error as Error).message}` }]);
  }
}
