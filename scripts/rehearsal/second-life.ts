import { join } from "node:path";
import type { Workspace } from "./command";
import type { Program } from "./program";
import { RehearsedAccount } from "./rehearsed-account";
import { serveProviders } from "./simulated-providers";
import { terraformEnvironment } from "./tool";

/**
 * Deploys all stacks, destroys them and deploys them again, twice, with the real Terraform on simulated providers. After
 * the first life vaults and buckets are emptied. After the second they are not, and the third continues from their states.
 * @returns what AWS refuses.
 */
export async function rehearseSecondLife(
  program: Program,
  { folder, signal, report }: Workspace & { readonly report: (lines: string) => void },
): Promise<readonly string[]> {
  const stacks = Object.values(program).map(({ tf }) => tf);
  const providers = await serveProviders(stacks, join(folder, "schemas"));
  try {
    const env = { ...terraformEnvironment(folder), ...providers.env };
    const account = await RehearsedAccount.of(program, { folder: join(folder, "stacks"), env, signal });
    report(await account.deploy());
    for (const content of ["deleted", "kept"] as const) {
      report(await account.destroy(content));
      report(await account.deploy());
    }
    return account.refusals;
  } finally {
    await providers.close();
  }
}
