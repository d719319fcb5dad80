import { CronJobV1, type CronJobV1Config } from "@cdktf/provider-kubernetes/lib/cron-job-v1";
import { CronJob } from "../../lib/kubernetes/cron-job";
import { resourceOf, synthesizeStack } from "../support/synthesis/synthesized";

const config: Pick<CronJobV1Config, "metadata" | "spec"> = {
  metadata: { name: "backup", namespace: "recovery", labels: { "app.kubernetes.io/name": "backup" } },
  spec: {
    schedule: "0 * * * *",
    concurrencyPolicy: "Forbid",
    startingDeadlineSeconds: 60,
    jobTemplate: {
      metadata: { labels: { "app.kubernetes.io/name": "backup" } },
      spec: {
        backoffLimit: 2,
        ttlSecondsAfterFinished: "60",
        template: {
          metadata: { annotations: { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" } },
          spec: {
            restartPolicy: "Never",
            automountServiceAccountToken: false,
            securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
            container: [
              { name: "backup", image: "a:1", args: ["backup"], volumeMount: [{ name: "s", mountPath: "/t" }] },
            ],
            volume: [{ name: "s", emptyDir: { sizeLimit: "1Mi" } }],
          },
        },
      },
    },
  },
};

test("is what the provider's own class, which takes too long to load, would be", () => {
  const {
    "//": _,
    depends_on: ___,
    ...ours
  } = resourceOf(
    synthesizeStack((stack) => void new CronJob(stack, "Backup", { ...config, dependsOn: [] })),
    "kubernetes_cron_job_v1",
  );
  const { "//": __, ...theirs } = resourceOf(
    synthesizeStack((stack) => void new CronJobV1(stack, "Backup", config)),
    "kubernetes_cron_job_v1",
  );
  expect(ours).toEqual(theirs);
});
