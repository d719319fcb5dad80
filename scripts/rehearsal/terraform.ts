import { spawn } from "node:child_process";

export interface TerraformRun {
  /** The folder of the stack's JSON. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Kills Terraform. */
  readonly signal: AbortSignal;
}

/** What a run did with a resource, at its address. */
export interface AppliedStep {
  readonly action: "import" | "create" | "delete";
  readonly address: string;
}

/**
 * Runs a Terraform command that needs no answers.
 * @returns what it imported, created and destroyed, in Terraform's order. Updates are left out.
 * @throws {Error} with Terraform's own errors if it fails.
 */
export async function runTerraform(
  args: readonly string[],
  { cwd, env, signal }: TerraformRun,
): Promise<AppliedStep[]> {
  const terraform = spawn("terraform", [...args, "-input=false", "-json"], {
    ...{ cwd, env, signal, killSignal: "SIGKILL" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [terraform.stdout, terraform.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk) => {
      output += chunk;
    });
  }
  const code = await new Promise((resolve, reject) => terraform.on("close", resolve).on("error", reject));
  const messages = output.split("\n").flatMap(messageIn);
  if (code === 0) return stepsIn(messages);
  const errors = messages.flatMap(({ diagnostic }) => (diagnostic?.severity === "error" ? [diagnostic] : []));
  const said = errors.map(({ summary, detail = "", address }) => [address, summary, detail].filter(Boolean).join(": "));
  throw new Error([`terraform ${args.join(" ")} in ${cwd} failed:`, ...(said.length > 0 ? said : [output])].join("\n"));
}

/** What is read of a line of Terraform's output. Source: Terraform's "machine-readable UI", version 1.2. */
interface Message {
  readonly type?: string;
  readonly change?: { readonly resource: { readonly addr: string }; readonly importing?: unknown };
  readonly hook?: { readonly resource: { readonly addr: string }; readonly action: string };
  readonly diagnostic?: {
    readonly severity: string;
    readonly summary: string;
    readonly detail?: string;
    readonly address?: string;
  };
}

/** Warnings about the CLI's configuration are not in JSON. */
const messageIn = (line: string): Message[] => (line.startsWith("{") ? [JSON.parse(line)] : []);

function stepsIn(messages: readonly Message[]): AppliedStep[] {
  const imported = messages.flatMap(({ change }) => (change?.importing === undefined ? [] : [change.resource.addr]));
  const applied = messages.flatMap(({ type, hook }): AppliedStep[] => {
    if (type !== "apply_complete" || hook === undefined) return [];
    const { action, resource } = hook;
    const isStep = action === "create" || action === "delete";
    // Simulated providers import the id alone, without the arguments, for which Terraform then replaces the resource.
    return isStep && !imported.includes(resource.addr) ? [{ action, address: resource.addr }] : [];
  });
  return [...imported.map((address): AppliedStep => ({ action: "import", address })), ...applied];
}
