import { CHARTS } from "../../lib/kubernetes/charts";

const charts = Object.values(CHARTS);

test.each(charts)("$name is pinned to one version", ({ version }) => {
  expect(version).toMatch(/^v?\d+\.\d+\.\d+$/);
});

test.each(charts)("$name comes over TLS or from a registry", ({ repository }) => {
  expect(repository).toMatch(/^(?:https|oci):\/\//);
});

test("no two have one name, which is their release's too", () => {
  expect(new Set(charts.map(({ name }) => name)).size).toBe(charts.length);
});
