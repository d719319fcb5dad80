import { OriginLock } from "../../lib/edge/origin-lock";
import { resourcesOf, synthesizeStack } from "../support/synthesis/synthesized";

const made = (zoneId = "b".repeat(32)) =>
  resourcesOf(
    synthesizeStack((stack) => new OriginLock(stack, "OriginLock", { zoneId })),
    "cloudflare_zone_setting",
  );

test.each([
  ["shows the origin a client certificate", "tls_client_auth", "on"],
  ["believes the origin's certificate only when it is valid", "ssl", "strict"],
  ["speaks no TLS older than 1.2", "min_tls_version", "1.2"],
  ["sends nothing in clear", "always_use_https", "on"],
])("%s", (_, setting_id, value) => {
  expect(made()).toContainEqual({ zone_id: "b".repeat(32), setting_id, value });
});

test("refuses what is no id of a zone", () => {
  expect(() => made("example.com")).toThrow(
    "  Test/OriginLock.zoneId: must be the zone's id, 32 hexadecimal digits in lower case, got 'example.com'",
  );
});
