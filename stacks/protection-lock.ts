import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { App, Manifest, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { parseJson } from "../lib/core/json";
import { throwIfAny } from "../lib/core/problems";
import { checkProps, known, type Rules, rule } from "../lib/core/rules";
import { type ProtectedContent, protectedContentOf, type StackJson } from "../lib/synthesis/protected-content";
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
const PROTECTED = Symbol.for("cdktf-cqrs/deletionProtection");
const EXAMPLE = 'new ProtectionLock(app, "Lock", { file: "protection.lock.json" })';

/**
 * What an app has protected, in a file under version control. Terraform's `prevent_destroy` is part of a resource's block
 * and leaves the configuration with it: the next deployment destroys the resource. A stack that leaves the program is
 * known to no program any more. Synthesis compares the file with the program and refuses both, until the line is deleted.
 *
 * It lists each resource that Terraform or its service refuses to destroy, in any stack of the app, and each stack of an
 * environment with `deletionProtection` with what holds data in it. Synthesis never writes the file: where the program
 * protects something else than the file says, it fails, removes what it wrote of the stacks, and writes the file as it must
 * be to the output folder, to be copied.
 */
export class ProtectionLock extends Construct {
  /** Whether a construct is one, in whichever copy of the package it was made. */
  static isProtectionLock(construct: unknown): construct is ProtectionLock {
    return typeof construct === "object" && construct !== null && MARK in construct;
  }

  /**
   * Has the lock list a stack, whether or not it guards anything.
   * @throws {InvalidConfigurationError} at synthesis, when the app has no lock.
   */
  static protect(stack: TerraformStack): void {
    Object.defineProperty(stack, PROTECTED, { value: true });
  }

  /** @throws {InvalidConfigurationError} when the stack is protected and its app has no lock. */
  static requireFor(stack: TerraformStack): void {
    if (!isProtected(stack) || App.of(stack).node.children.some(ProtectionLock.isProtectionLock)) return;
    const message = `must have a ProtectionLock in the app while it is true, got none: ${EXAMPLE}`;
    throwIfAny([{ path: "deletionProtection", message }]);
  }

  readonly file: string | false;

  /** @throws {InvalidConfigurationError} when the scope is no app or has a lock, or `file` is neither a path nor false. */
  constructor(scope: App, id: string, props: ProtectionLockProps) {
    super(scope, id);
    if (!App.isApp(scope)) throwIfAny([{ path: this.node.path, message: "must be in the app itself" }]);
    const other = scope.node.children.find(ProtectionLock.isProtectionLock);
    if (other !== undefined) {
      throwIfAny([{ path: id, message: `must be the app's only ProtectionLock, got '${other.node.id}' too` }]);
    }
    checkProps(this, props, RULES);
    Object.defineProperty(this, MARK, { value: true });
    this.file = props.file;
    if (props.file !== false) compareBeforeManifest(scope, props.file);
  }
}

const isProtected = (stack: TerraformStack): boolean => PROTECTED in stack;

/**
 * Compares what is written of the stacks, because constructs show neither overrides nor what aspects change. cdktf writes
 * its manifest last, and deploys nothing without it.
 */
function compareBeforeManifest(app: App, file: string): void {
  const { manifest } = app;
  const writeManifest = manifest.writeToFile.bind(manifest);
  manifest.writeToFile = () => {
    const stacks = app.node.findAll().filter(TerraformStack.isStack);
    try {
      const contents = stacks.map((stack) => [stack.node.id, protectedContentOf(jsonOf(stack), isProtected(stack))]);
      compareWithFile(file, Object.fromEntries(contents), app.outdir);
    } catch (error) {
      for (const stack of stacks) rmSync(synthesizedPathOf(stack), { force: true });
      rmSync(join(app.outdir, Manifest.fileName), { force: true });
      throw error;
    }
    writeManifest();
  };
}

const synthesizedPathOf = (stack: TerraformStack): string => {
  const { outdir, manifest } = App.of(stack);
  return join(outdir, manifest.forStack(stack).synthesizedStackPath);
};

const jsonOf = (stack: TerraformStack): StackJson =>
  App.of(stack).hclOutput ? stack.toTerraform() : JSON.parse(readFileSync(synthesizedPathOf(stack), "utf8"));

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
  const message = `must list what the program protects, got ${got}. To add what is new, copy ${written} to ${file} and commit it`;
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
  const listed = parseJson(text, file);
  throwIfAny(isProtectedStacks.problemsOf(listed, file));
  return listed as ProtectedStacks;
}
