import type { BlueGreenConfig, Color } from "../../lib/config/services";
import { CommandApi } from "../../lib/workloads/command-api";
import { auth, eventStore, placeIn } from "../support/synthesis/services";
import { type Arguments, synthesizeStack, type TerraformJson, withoutHash } from "../support/synthesis/synthesized";

const IMAGES = { blue: "ghcr.io/acme/command-api:1.4.2", green: "ghcr.io/acme/command-api:1.4.1" } as const;
const made = (props: Partial<BlueGreenConfig & { instances: number }> = {}): TerraformJson =>
  synthesizeStack(
    (stack) =>
      void new CommandApi(stack, "Api", {
        ...placeIn(stack),
        ...{ images: IMAGES, active: "blue", instances: 3, healthCheck: "/health", auth, eventStore },
        ...props,
      }),
  );

/** The resource of a type by the end of its construct's path. */
function named(tf: TerraformJson, type: string, end: string): [address: string, resource: Arguments] {
  const found = Object.entries(tf.resource?.[type] ?? {}).find(([id]) => withoutHash(id).endsWith(end));
  if (found === undefined) throw new Error(`no ${type} ends in ${end}`);
  return [`${type}.${found[0]}`, found[1]];
}
const deployment = (tf: TerraformJson, color: Color) =>
  named(tf, "kubernetes_deployment_v1", color === "blue" ? "Releases_Blue" : "Releases_Green");
const service = (tf: TerraformJson, end = "Releases") => named(tf, "kubernetes_service_v1", end);
const specOf = ([, resource]: [string, Arguments]) => resource.spec as Record<string, unknown>;
const replicasOf = (tf: TerraformJson) => ({
  blue: specOf(deployment(tf, "blue")).replicas,
  green: specOf(deployment(tf, "green")).replicas,
});

test.each(["blue", "green"] as const)("%s answers where it is active", (active) => {
  expect(specOf(service(made({ active }))).selector).toEqual({
    "app.kubernetes.io/name": "command-api",
    "cqrs/color": active,
  });
});

test("each color has a Service of its own, by which the idle one is tried", () => {
  const tf = made();
  const selectors = ["BlueService", "GreenService"].map((end) => {
    const [, { metadata, spec }] = service(tf, end);
    return [(metadata as Arguments).name, ((spec as Arguments).selector as Arguments)["cqrs/color"]];
  });
  expect(selectors).toEqual([
    ["command-api-blue", "blue"],
    ["command-api-green", "green"],
  ]);
});

test("a switch of colors that both run is one selector, and nothing else", () => {
  const [blue, green] = [made(), made({ active: "green" })];
  const [address] = service(blue);
  const id = address.split(".")[1] ?? "";
  const changed = structuredClone(blue) as unknown as Record<
    string,
    Record<string, Record<string, { spec: Arguments }>>
  >;
  const spec = changed.resource?.kubernetes_service_v1?.[id]?.spec;
  Object.assign(spec?.selector as object, { "cqrs/color": "green" });
  expect(green).toEqual(changed);
});

test("both run as many instances unless it is said otherwise", () => {
  expect(replicasOf(made({ instances: 7 }))).toEqual({ blue: "7", green: "7" });
});

test.each([
  ["blue", { blue: "3", green: "0" }],
  ["green", { blue: "0", green: "3" }],
] as const)("the idle color beside %s can be stopped", (active, replicas) => {
  expect(replicasOf(made({ active, idle: 0 }))).toEqual(replicas);
});

test("more instances are more of the active color alone where the idle one has its own number", () => {
  expect(replicasOf(made({ instances: 4, idle: 3 }))).toEqual({ blue: "4", green: "3" });
});

describe("the order of one run", () => {
  const waitsFor = ([, resource]: [string, Arguments], [address]: [string, Arguments]) =>
    ((resource.depends_on ?? []) as string[]).includes(address);

  test.each([undefined, 2, 3, 9])("with %s idle of three, the switch waits for both colors", (idle) => {
    const tf = made(idle === undefined ? {} : { idle });
    expect((["blue", "green"] as const).map((color) => waitsFor(service(tf), deployment(tf, color)))).toEqual([
      true,
      true,
    ]);
  });

  test.each([
    ["blue", 0],
    ["green", 0],
    ["green", 1],
  ] as const)("to %s with %s idle of three, it waits for that color, and the other for the switch", (active, idle) => {
    const tf = made({ active, idle });
    const other = active === "blue" ? "green" : "blue";
    expect(waitsFor(service(tf), deployment(tf, active))).toBe(true);
    expect(waitsFor(service(tf), deployment(tf, other))).toBe(false);
    expect(waitsFor(deployment(tf, other), service(tf))).toBe(true);
    expect(waitsFor(deployment(tf, active), service(tf))).toBe(false);
  });
});
