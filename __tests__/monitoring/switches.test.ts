import { production } from "../../environments/production";
import { staging } from "../../environments/staging";
import { inOwnZones } from "../support/synthesis/environments";
import { STANDINGS, switched } from "../support/synthesis/switches";
import { resourcesOf, stackOf, synthesize } from "../support/synthesis/synthesized";

const all = synthesize(inOwnZones({ ...switched("production", production), ...switched("staging", staging) }));
const releases = (stack: string) => resourcesOf(stackOf(all, stack), "helm_release").map(({ name }) => String(name));
const grafanaOf = (stack: string) => {
  const release = resourcesOf(stackOf(all, stack), "helm_release").find(({ name }) => name === "kube-prometheus-stack");
  return JSON.stringify(release?.values ?? "");
};

/** What each switch brings, and nothing else does. */
const BROUGHT = {
  prometheus: ["prometheus-operator-crds", "prometheus-cloudwatch-exporter", "prometheus-blackbox-exporter"],
  elasticStack: ["eck-operator", "eck-stack"],
} as const;

describe.each(["production", "staging"])("%s", (environment) => {
  describe.each(STANDINGS)("with %s", (standing, monitoring) => {
    const centre = `${environment}-${standing}-monitoring`;
    const collectors = `${environment}-${standing}-write-monitoring`;

    test("has in the read side's cluster what is on, and nothing of what is off", () => {
      for (const [name, brought] of Object.entries(BROUGHT)) {
        const isOn = monitoring[name as keyof typeof BROUGHT];
        expect(brought.filter((chart) => releases(centre).includes(chart))).toEqual(isOn ? brought : []);
      }
      expect(releases(centre).includes("kube-prometheus-stack")).toBe(monitoring.prometheus || monitoring.grafana);
      expect(grafanaOf(centre).includes('\\"grafana\\":{\\"enabled\\":false}')).toBe(
        monitoring.prometheus && !monitoring.grafana,
      );
    });

    test("collects on the write side what somebody takes, and nothing else", () => {
      const isShipped = monitoring.elasticStack && environment === "production";
      expect(releases(collectors).includes("kube-prometheus-stack")).toBe(monitoring.prometheus);
      expect(releases(collectors).includes("fluent-bit")).toBe(isShipped);
      expect(resourcesOf(stackOf(all, centre), "aws_lb")).toHaveLength(monitoring.prometheus || isShipped ? 1 : 0);
    });

    test("touches no other stack", () => {
      const others = Object.entries(all.stacks).filter(
        ([name]) => name.startsWith(`${environment}-${standing}-`) && !name.endsWith("monitoring"),
      );
      for (const [, tf] of others)
        expect(JSON.stringify(tf.resource)).not.toMatch(/grafana|elastic(?!ache)|kube-prometheus-stack-a/i);
    });
  });
});

test.each(["production", "staging"])("%s with none of them has nothing left", (environment) => {
  for (const stack of ["monitoring", "write-monitoring"]) {
    expect(stackOf(all, `${environment}-none-${stack}`).resource).toBeUndefined();
    expect(stackOf(all, `${environment}-none-${stack}`).output).toBeUndefined();
  }
});
