import { stepIn } from "../../../scripts/rehearsal/steps";

test("a step is what the tool prints of it, by the stack's name in the rehearsal", () => {
  const block = [
    "production-recovery.3                    2 added, 1 changed, 1 replaced, 1 destroyed   second plan empty   1.0 s",
    "    ~ aws_backup_plan.Recovery_Plan_0A1B2C3D",
    "  -/+ kubernetes_cron_job_v1.Jobs_Backup_0A1B2C3D",
    "    - helm_release.Keda-operator_0A1B2C3D",
    "    - helm_release.Keda_0A1B2C3D",
  ].join("\n");
  expect(stepIn(block)).toEqual({
    name: "production-recovery.3",
    actions: [
      "+ 2",
      "~ aws_backup_plan.Recovery_Plan",
      "-/+ kubernetes_cron_job_v1.Jobs_Backup",
      "- helm_release.Keda",
      "- helm_release.Keda-operator",
    ],
  });
});

test("a stack that stays as it is has no action", () => {
  const block = "production-keys.1    0 added, 0 changed, 0 replaced, 0 destroyed   second plan empty   1.0 s";
  expect(stepIn(block)).toEqual({ name: "production-keys.1", actions: [] });
});

test("the total is no step", () => {
  expect(stepIn("8 stacks, 12 resources added: rehearsed from what was to what is, and to nothing")).toBeUndefined();
});
