import type { Program } from "../rehearsal/program";

/** A check that failed for a resource. */
export interface Finding {
  /** For example 'CKV_AWS_18'. */
  readonly check: string;
  readonly title: string;
  /** Stack and Terraform address, a space between them. */
  readonly at: string;
}

/** What checkov prints with `--output json`, as far as it is read here. */
export interface CheckovReport {
  readonly results: {
    readonly passed_checks: readonly CheckovRecord[];
    readonly failed_checks: readonly CheckovRecord[];
    readonly parsing_errors: readonly string[];
  };
}

interface CheckovRecord {
  readonly check_id: string;
  readonly check_name: string;
  /** `/<stack>/cdk.tf.json`. */
  readonly file_path: string;
  /** With the resource's type before its name, or the word 'resource', by kind of check. */
  readonly resource: string;
}

type Accepted = Readonly<Record<string, Readonly<Record<string, string>>>>;

const stackOf = ({ file_path }: CheckovRecord): string => file_path.split("/")[1] ?? "";

/** @throws {Error} for a stack that checkov has not read: it would have no findings. */
export function findingsIn({ results }: CheckovReport, program: Program): readonly Finding[] {
  const { passed_checks, failed_checks, parsing_errors } = results;
  if (parsing_errors.length > 0) throw new Error(`checkov could not read ${parsing_errors.join(", ")}`);
  const read = new Set([...passed_checks, ...failed_checks].map(stackOf));
  const unread = Object.keys(program).filter((stack) => !read.has(stack) && hasAwsResources(program, stack));
  if (unread.length > 0) throw new Error(`checkov has checked nothing in ${unread.join(", ")}`);
  return failed_checks.map((record) => ({
    check: record.check_id,
    title: record.check_name,
    at: `${stackOf(record)} ${addressOf(record, program)}`,
  }));
}

const hasAwsResources = (program: Program, stack: string): boolean =>
  Object.keys(program[stack]?.tf.resource ?? {}).some((type) => type.startsWith("aws_"));

function addressOf(record: CheckovRecord, program: Program): string {
  const name = record.resource.slice(record.resource.indexOf(".") + 1);
  const types = Object.entries(program[stackOf(record)]?.tf.resource ?? {}).filter(([, named]) =>
    Object.hasOwn(named, name),
  );
  const [type] = types[0] ?? [];
  return types.length === 1 ? `${type}.${name}` : record.resource;
}

/** Findings that no reason is given for, and reasons for what is not found any more, a line each. */
export function problemsOf(findings: readonly Finding[], accepted: Accepted): readonly string[] {
  const unexplained = findings
    .filter(({ at, check }) => accepted[at]?.[check] === undefined)
    .map(({ at, check, title }) => `${at}: ${check}: ${title}`);
  const found = new Set(findings.map(({ at, check }) => `${at}: ${check}`));
  const outdated = Object.entries(accepted)
    .flatMap(([at, checks]) => Object.keys(checks).map((check) => `${at}: ${check}`))
    .filter((entry) => !found.has(entry))
    .map((entry) => `${entry}: is accepted, and not found any more: remove the entry`);
  return [...unexplained, ...outdated].sort();
}
