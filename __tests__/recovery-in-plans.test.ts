import { pathsOf } from "./support/cluster/network-paths";
import { readinessProblems } from "./support/cluster/pod-readiness";
import { podTemplatesOf } from "./support/cluster/pod-templates";
import { environments } from "./support/synthesis/environments";
import { stackOf, synthesize } from "./support/synthesis/synthesized";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";

const synthesized = synthesizedOnce(environments);

describe.each(Object.keys(environments))("recovery's jobs of %s", (name) => {
  const pods = podTemplatesOf(stackOf(synthesized, `${name}-recovery-jobs`));

  test("are five", () => {
    expect(pods.map((pod) => pod.name).sort()).toEqual(["backup", "credentials", "credentials-ops", "drill", "verify"]);
  });

  test("have pods with requests and a limit", () => {
    expect(pods.flatMap(readinessProblems)).toEqual([]);
  });
});

const pod = (name: string, namespace = "recovery") => ({
  name,
  namespace,
  labels: { "app.kubernetes.io/name": name },
});
const DNS = { name: "kube-dns", namespace: "kube-system", labels: { "k8s-app": "kube-dns" } };

test("the jobs go to both stores and to AWS, and what changes the password to the event store; nobody comes", () => {
  const tf = stackOf(synthesized, "production-recovery-jobs");
  const around = [DNS, pod("a stranger", "queries")];
  const lines = pathsOf(tf, [pod("recovery"), pod("recovery-credentials"), pod("a stranger here"), ...around]);
  const toAll = (who: string) => [
    ...["10.0.0.0/19", "10.0.32.0/19", "10.0.64.0/19"].map((range) => `${who} -> ${range}:443/TCP`),
    `${who} -> 10.1.0.0/22:2113/TCP`,
    `${who} -> 169.254.170.23/32:80/TCP`,
    `${who} -> kube-dns:53/TCP`,
    `${who} -> kube-dns:53/UDP`,
  ];
  expect(
    lines.filter((line) => !/^(?:kube-dns|a stranger) -> anything|^anything -> (?:kube-dns|a stranger)$/.test(line)),
  ).toEqual(
    [
      ...toAll("recovery"),
      // S3, whose endpoint is a route.
      "recovery -> 0.0.0.0/0:443/TCP",
      ...["10.0.232.0/24", "10.0.233.0/24", "10.0.234.0/24"].map((range) => `recovery -> ${range}:5432/TCP`),
      ...toAll("recovery-credentials"),
    ].sort(),
  );
});

test("without an image there are no jobs, and everything else", () => {
  const [production] = [environments.production];
  if (production === undefined) throw new Error("there is no production");
  const { stacks } = synthesize({ production: { ...production, recovery: undefined } });
  expect(Object.keys(stacks)).not.toContain("production-recovery-jobs");
  expect(Object.keys(stacks["production-recovery"]?.resource ?? {})).toContain("aws_backup_vault");
});
