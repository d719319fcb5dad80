import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
import { TerraformStack, Testing } from "cdktf";
import { DashboardMaps } from "../../../lib/monitoring/dashboards/dashboard-maps";
import { dashboardsOf } from "../../../lib/monitoring/dashboards/dashboards";
import { dashboardJson } from "../../../lib/monitoring/dashboards/render";

const DASHBOARDS = dashboardsOf({ eventStore: { scraped: true } });
/** Both are Grafana's, and would be Terraform's. */
const runbooksOf = () => [{ name: "Some", url: "https://example.com/${__dashboard}?%{more}" }];

interface Map {
  readonly metadata: object;
  readonly data: Readonly<Record<string, string>>;
  readonly depends_on: readonly string[];
}

function mapsOf(): Readonly<Record<string, Map>> {
  const stack = new TerraformStack(Testing.app(), "Stack");
  new KubernetesProvider(stack, "Kubernetes");
  const before = new ConfigMapV1(stack, "Before", { metadata: { name: "before" } });
  new DashboardMaps(stack, "Dashboards", { dashboards: DASHBOARDS, runbooksOf, dependsOn: [before] });
  return JSON.parse(Testing.synth(stack)).resource.kubernetes_config_map_v1;
}
const idOf = (start: string) => (id: string) => id.startsWith(start);

describe("DashboardMaps", () => {
  const maps = mapsOf();
  const map = (start: string) => maps[Object.keys(maps).find(idOf(start)) ?? ""];

  test("gives each dashboard a ConfigMap that Grafana looks for, in a folder of ours", () => {
    expect(map("Dashboards_CqrsEventStore")?.metadata).toEqual({
      name: "cqrs-event-store",
      namespace: "monitoring",
      labels: { grafana_dashboard: "1" },
      annotations: { grafana_folder: "CQRS" },
    });
    expect(Object.keys(maps)).toHaveLength(DASHBOARDS.length + 1);
  });

  test.each(DASHBOARDS)("has $uid in it as it is, but for what Terraform would read", (dashboard) => {
    const found = Object.values(maps).flatMap(({ data }) => data?.[`${dashboard.uid}.json`] ?? []);
    const read = found.map((text) => text.replaceAll("$${", "${").replaceAll("%%{", "%{"));
    expect(read).toEqual([dashboardJson(dashboard, runbooksOf)]);
  });

  test("has nothing that Terraform takes for its own", () => {
    const texts = Object.values(maps).flatMap(({ data }) => Object.values(data ?? {}));
    expect(texts.filter((text) => /(?<![$%])[$%]\{/.test(text))).toEqual([]);
  });

  test.each(DASHBOARDS)("keeps $uid far below the size that a ConfigMap may have", (dashboard) => {
    expect(dashboardJson(dashboard, runbooksOf).length).toBeLessThan(256 * 1024);
  });

  test("waits for what it is to wait for", () => {
    expect(map("Dashboards_CqrsOverview")?.depends_on).toEqual(["kubernetes_config_map_v1.Before"]);
  });
});
