import { production } from "../environments/production";
import type { Environment } from "../lib/config/environment";
import { CHARTS, type ChartKey } from "../lib/kubernetes/charts";
import type { Manifest } from "../lib/kubernetes/manifest-release";
import { chartSchema } from "./support/cluster/chart-schemas";
import { ownValues, strangersIn } from "./support/cluster/chart-values";
import { definitionProblems, hasDefinitions } from "./support/cluster/custom-resources";
import { FREE_PATHS, SUBCHARTS } from "./support/cluster/free-paths";
import { schemaProblems } from "./support/cluster/json-schema";
import { hasKubernetesDefinitions, isKubernetesKind, objectProblems } from "./support/cluster/kubernetes-definitions";
import { jsonIn } from "./support/plans/json-in-text";
import { environments, inOwnZones } from "./support/synthesis/environments";
import { scaledByQuery } from "./support/synthesis/scaled-by-query";
import { type Arguments, resourcesOf, synthesize, type TerraformJson } from "./support/synthesis/synthesized";

interface Release {
  /** Its stack and its name. */
  readonly title: string;
  readonly tf: TerraformJson;
  readonly args: Arguments;
}

const { architecture } = production;

/** Production, Cloudflare before both of its sides. */
const proxied: Environment = {
  ...production,
  architecture: {
    ...architecture,
    writeSide: {
      ...architecture.writeSide,
      commandApi: { ...architecture.writeSide.commandApi, loadBalancer: "cloudflare" },
    },
  },
};

const { stacks, dependencies } = synthesize(inOwnZones({ ...environments, "by-query": scaledByQuery, proxied }));
const releases: readonly Release[] = Object.entries(stacks).flatMap(([stack, tf]) =>
  resourcesOf(tf, "helm_release").map((args) => ({ title: `${stack}: ${args.name}`, tf, args })),
);
const ownReleases = releases.filter(({ args }) => String(args.chart).startsWith("./assets/"));

const titlesOf = (found: readonly Release[]) => found.map(({ title }) => title);
const valuesOf = ({ args }: Release) => {
  const [text, ...others] = args.values as readonly string[];
  const values = jsonIn(text ?? "");
  if (typeof values !== "object" || values === null || others.length > 0) throw new Error("expected one text of JSON");
  return values;
};
const manifestsOf = (release: Release) => (valuesOf(release) as { readonly resources: readonly Manifest[] }).resources;
const kindOf = ({ apiVersion, kind }: Manifest) => `${apiVersion} ${kind}`;
const namespaceOf = ({ metadata }: Arguments) => (metadata as { readonly name: string }).name;

const stacksBefore = (stack: string): readonly string[] =>
  (dependencies[stack] ?? []).flatMap((each) => [each, ...stacksBefore(each)]);

/** Everything that the stacks before a release's own have, in the same cluster. */
const releasesBefore = ({ title }: Release) => {
  const [stack = ""] = title.split(":");
  const [, side = "read"] = /-(write|read)-[a-z]+$/.exec(stack) ?? [];
  const earlier = stacksBefore(stack).filter((each) => each.includes(`-${side}-`));
  return earlier.flatMap((each) => resourcesOf(stacks[each] ?? {}, "helm_release"));
};

/** Everything that stands before a resource, by its address. */
function standingBefore({ depends_on = [] }: Arguments, tf: TerraformJson): string[] {
  return (depends_on as readonly string[]).flatMap((address) => {
    const [type = "", id = ""] = address.split(".");
    return [address, ...standingBefore(tf.resource?.[type]?.[id] ?? {}, tf)];
  });
}

describe("every release", () => {
  test("is of a chart that is pinned, or of our own", () => {
    const charts: readonly unknown[] = Object.values(CHARTS).map(({ name }) => name);
    const others = releases.filter((release) => !ownReleases.includes(release) && !charts.includes(release.args.chart));
    expect(titlesOf(others)).toEqual([]);
  });

  test.each<[string, Arguments]>([
    ["takes over what failed or was forgotten", { upgrade_install: true }],
    ["never keeps old values", { reset_values: true }],
    ["makes no namespace, which would outlive it", { create_namespace: false }],
    ["keeps five revisions", { max_history: 5 }],
  ])("%s", (_, expected) => {
    const wanted = Object.entries(expected);
    const others = releases.filter(({ args }) => wanted.some(([argument, value]) => args[argument] !== value));
    expect(titlesOf(others)).toEqual([]);
  });

  test("is rolled back when it fails, but for those whose data a step back would not read", () => {
    const stay: readonly unknown[] = [
      CHARTS.prometheusOperatorCrds.name,
      CHARTS.kubePrometheusStack.name,
      CHARTS.eckOperator.name,
      CHARTS.eckStack.name,
    ];
    const others = releases.filter(({ args }) => args.atomic !== !stay.includes(args.chart));
    expect(titlesOf(others)).toEqual([]);
  });

  test("goes into Kubernetes' own namespace, or after the namespace of its stack that it goes into", () => {
    const others = releases.filter(({ tf, args }) => {
      const made = Object.entries(tf.resource?.kubernetes_namespace_v1 ?? {}).find(
        ([, namespace]) => namespaceOf(namespace) === args.namespace,
      );
      const stands = made !== undefined && standingBefore(args, tf).includes(`kubernetes_namespace_v1.${made[0]}`);
      return args.namespace !== "kube-system" && !stands;
    });
    expect(titlesOf(others)).toEqual([]);
  });

  test("has a name of its own in its stack and namespace", () => {
    const names = releases.map(({ title, args }) => `${title} in ${args.namespace}`);
    expect(names.filter((name, index) => names.indexOf(name) < index)).toEqual([]);
  });
});

describe.each(Object.keys(CHARTS) as ChartKey[])("releases of %s", (key) => {
  const { name, repository, version } = CHARTS[key];
  const found = releases.filter(({ args }) => args.chart === name);
  const own = ownValues(name, SUBCHARTS[key]);
  const schema = chartSchema(name);

  test("are there", () => {
    expect(found).not.toEqual([]);
  });

  test("have the chart's name, repository and version", () => {
    const pins = found.map(({ args }) => ({ name: args.name, repository: args.repository, version: args.version }));
    expect(pins).toEqual(found.map(() => ({ name, repository, version })));
  });

  (own ? test : test.skip)(
    `set nothing that the chart does not know${own ? "" : ": its values are not at hand"}`,
    () => {
      const problems = found.flatMap((release) =>
        strangersIn(valuesOf(release), own ?? {}, FREE_PATHS[key])
          // Not every release says everything.
          .filter((problem) => !problem.endsWith("is free for nobody"))
          .map((problem) => `${release.title}: ${problem}`),
      );
      expect(problems).toEqual([]);
    },
  );

  (schema ? test : test.skip)(
    `have values as the chart's schema says${schema ? "" : ": there is none at hand"}`,
    () => {
      const problems = found.flatMap((release) =>
        schemaProblems(schema ?? {}, valuesOf(release)).map((problem) => `${release.title}: ${problem}`),
      );
      expect(problems).toEqual([]);
    },
  );
});

describe("releases of our own chart", () => {
  /** Kinds whose definition is not at hand, and why. */
  const UNDEFINED: Readonly<Record<string, string>> = {
    "k8s.nginx.org/v1 Policy": "comes with NGINX's chart, of which the values alone are at hand",
  };
  const manifests = ownReleases.flatMap((release) => manifestsOf(release).map((manifest) => ({ release, manifest })));

  test("have objects of the kinds that we know", () => {
    expect([...new Set(manifests.map(({ manifest }) => kindOf(manifest)))].sort()).toEqual([
      "apps/v1 Deployment",
      "autoscaling/v2 HorizontalPodAutoscaler",
      "batch/v1 Job",
      "external-secrets.io/v1 ClusterSecretStore",
      "external-secrets.io/v1 ExternalSecret",
      "k8s.nginx.org/v1 Policy",
      "keda.sh/v1alpha1 ScaledObject",
      "monitoring.coreos.com/v1alpha1 ScrapeConfig",
      "policy/v1 PodDisruptionBudget",
    ]);
  });

  test("have objects of their own namespace, of the whole cluster, or of a namespace that stands before them", () => {
    const others = manifests.filter(({ release: { tf, args }, manifest }) => {
      const standing = Object.entries(tf.resource?.kubernetes_namespace_v1 ?? {})
        .filter(([id]) => standingBefore(args, tf).includes(`kubernetes_namespace_v1.${id}`))
        .map(([, namespace]) => namespaceOf(namespace));
      return ![undefined, args.namespace, ...standing].includes(manifest.metadata.namespace);
    });
    expect(others.map(({ manifest }) => manifest.metadata)).toEqual([]);
  });

  test.each([
    ["external-secrets.io/v1", CHARTS.externalSecrets.name],
    ["monitoring.coreos.com/v1alpha1", CHARTS.prometheusOperatorCrds.name],
    ["k8s.nginx.org/v1", CHARTS.nginxIngress.name],
    ["keda.sh/v1alpha1", CHARTS.keda.name],
  ])("have objects of %s after the release that brings their definition, %s", (apiVersion, chart) => {
    const early = ownReleases.filter((release) => {
      const { tf, args } = release;
      const bringers = Object.entries(tf.resource?.helm_release ?? {}).filter(([, each]) => each.chart === chart);
      const isAfter =
        bringers.some(([id]) => standingBefore(args, tf).includes(`helm_release.${id}`)) ||
        releasesBefore(release).some((each) => each.chart === chart);
      return manifestsOf(release).some((manifest) => manifest.apiVersion === apiVersion) && !isAfter;
    });
    expect(titlesOf(early)).toEqual([]);
  });

  (hasDefinitions ? test : test.skip)("have objects as their definitions want them", () => {
    const problems = manifests
      .filter(({ manifest }) => !Object.hasOwn(UNDEFINED, kindOf(manifest)) && !isKubernetesKind(manifest))
      .flatMap(({ release, manifest }) => definitionProblems(manifest).map((it) => `${release.title}: ${it}`));
    expect(problems).toEqual([]);
  });

  (hasKubernetesDefinitions ? test : test.skip)(
    "have objects of Kubernetes' own kinds as Kubernetes 1.35 wants them",
    () => {
      const own = manifests.filter(({ manifest }) => isKubernetesKind(manifest));
      expect([...new Set(own.map(({ manifest }) => kindOf(manifest)))].sort()).toEqual([
        "apps/v1 Deployment",
        "autoscaling/v2 HorizontalPodAutoscaler",
        "batch/v1 Job",
        "policy/v1 PodDisruptionBudget",
      ]);
      const problems = own.flatMap(({ release, manifest }) =>
        objectProblems(manifest).map((it) => `${release.title}: ${it}`),
      );
      expect(problems).toEqual([]);
    },
  );

  // Its definition knows more, all of it optional: https://github.com/nginx/kubernetes-ingress, k8s.nginx.org_policies.yaml
  test("have policies of the one kind that NGINX's definition has been read for", () => {
    const policies = manifests.map(({ manifest }) => manifest).filter(({ kind }) => kind === "Policy");
    expect(policies.map(({ spec }) => spec)).toEqual(
      policies.map(() => ({
        ingressMTLS: { clientCertSecret: expect.any(String), verifyClient: "on", verifyDepth: 1 },
      })),
    );
  });
});
