import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
import { TerraformStack, Testing } from "cdktf";
import { InvalidConfigurationError } from "../../../lib/core/problems";
import type { Dashboard } from "../../../lib/monitoring/dashboards/dashboard";
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

const MAX_BYTES = 1_048_576;
/** One of so many bytes, of letters that JSON has as two. */
function dashboardOf(bytes: number): Dashboard {
  const some: Dashboard = { uid: "cqrs-some", title: "Some", description: "", variables: [], rows: [] };
  const left = bytes - dashboardJson(some, () => []).length;
  return { ...some, description: `${"é".repeat(Math.floor(left / 2))}${left % 2 === 0 ? "" : "e"}` };
}
const mapOf = (dashboard: Dashboard) => () =>
  new DashboardMaps(new TerraformStack(Testing.app(), "Stack"), "Dashboards", {
    dashboards: [dashboard],
    runbooksOf: () => [],
    dependsOn: [],
  });

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

  test("takes a dashboard of as many bytes as a ConfigMap may have", () => {
    expect(mapOf(dashboardOf(MAX_BYTES))).not.toThrow();
  });

  test("refuses a dashboard of one byte more", () => {
    expect(mapOf(dashboardOf(MAX_BYTES + 1))).toThrow(
      new InvalidConfigurationError([
        { path: "Stack/Dashboards.cqrs-some", message: "must be at most 1048576 bytes of JSON, got 1048577" },
      ]),
    );
  });

  test("waits for what it is to wait for", () => {
    expect(map("Dashboards_CqrsOverview")?.depends_on).toEqual(["kubernetes_config_map_v1.Before"]);
  });
});
