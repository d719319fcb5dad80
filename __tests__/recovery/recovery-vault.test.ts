import { RecoveryVault, type RecoveryVaultProps } from "../../lib/recovery/recovery-vault";
import { keys } from "../support/synthesis/surroundings";
import { resourceOf, resourcesOf, synthesizeStack } from "../support/synthesis/synthesized";

const made = (props: Partial<RecoveryVaultProps> = {}) =>
  synthesizeStack(
    (stack) => void new RecoveryVault(stack, "Vault", { name: "orders-recovery", keyArn: keys.backups, ...props }),
  );
const lockOf = (lock: RecoveryVaultProps["lock"]) => resourceOf(made({ lock }), "aws_backup_vault_lock_configuration");

test("is under our key, and refuses to be destroyed", () => {
  expect(resourceOf(made(), "aws_backup_vault")).toMatchObject({
    name: "orders-recovery",
    kms_key_arn: keys.backups,
    force_destroy: false,
    lifecycle: { prevent_destroy: true },
  });
});

test("has no lock unless asked for", () => {
  expect(resourcesOf(made(), "aws_backup_vault_lock_configuration")).toEqual([]);
});

test("a lock can be taken away again, and lets in what is kept for a day to a year", () => {
  expect(lockOf({})).toMatchObject({ min_retention_days: 1, max_retention_days: 365 });
  expect(lockOf({})).not.toHaveProperty("changeable_for_days");
});

test("a lock for ever says for how long it is none", () => {
  const lock = { mode: "compliance", changeableForDays: 3, minRetentionDays: 7, maxRetentionDays: 90 } as const;
  expect(lockOf(lock)).toMatchObject({ changeable_for_days: 3, min_retention_days: 7, max_retention_days: 90 });
});

test("stands with its lock in the Region that is asked for", () => {
  const tf = made({ region: "eu-west-1", lock: {} });
  expect(resourceOf(tf, "aws_backup_vault").region).toBe("eu-west-1");
  expect(resourceOf(tf, "aws_backup_vault_lock_configuration").region).toBe("eu-west-1");
});

test("may have the name of one in another Region, and of none in its own", () => {
  const twice = (second: Partial<RecoveryVaultProps>) =>
    synthesizeStack((stack) => {
      const props = { name: "orders-recovery", keyArn: keys.backups };
      new RecoveryVault(stack, "One", props);
      new RecoveryVault(stack, "Two", { ...props, ...second });
    });
  expect(() => twice({ region: "eu-west-1" })).not.toThrow();
  expect(() => twice({})).toThrow(
    "Test/Two.name: must be another, got 'orders-recovery', which the backup vault at 'Test/One' has",
  );
});

test.each<[Partial<RecoveryVaultProps>, string]>([
  [{ name: "a" }, "name: must be 2 to 50 letters, digits, '_' and '-', got 'a'"],
  [{ name: "a.b" }, "name: must be 2 to 50 letters, digits, '_' and '-', got 'a.b'"],
  [{ keyArn: "alias/aws/backup" }, "keyArn: must be the ARN of a KMS key, got 'alias/aws/backup'"],
  [
    { lock: { mode: "compliance" } },
    "lock.changeableForDays: is missing, must be a whole number from 3 to 36500 with mode 'compliance', after which the lock is for ever",
  ],
])("refuses %j", (props, message) => {
  expect(() => made(props)).toThrow(
    new Error(`1 problem in the configuration, nothing was synthesized:\n  Test/Vault.${message}`),
  );
});

test.each([2, 50])("takes a name of %i characters", (length) => {
  expect(() => made({ name: "a".repeat(length) })).not.toThrow();
});
