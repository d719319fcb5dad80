import type { Statement } from "../../../lib/security/policy";
import { resourceOf, type TerraformJson } from "./synthesized";

/** What the one role of a stack may do by its own policy, with names in place of the account and of AWS's partition. */
export function statementsOf(tf: TerraformJson): readonly Statement[] {
  const policy = String(resourceOf(tf, "aws_iam_role_policy").policy)
    .replaceAll(/\$\{data\.aws_partition\.\w+\.partition\}/g, "PARTITION")
    .replaceAll(/\$\{data\.aws_caller_identity\.\w+\.account_id\}/g, "ACCOUNT");
  return JSON.parse(policy).Statement;
}
