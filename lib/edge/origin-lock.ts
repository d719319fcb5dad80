import { ZoneSetting } from "@cdktf/provider-cloudflare/lib/zone-setting";
import { Token } from "cdktf";
import { Construct } from "constructs";
import { CLOUDFLARE_RULES, type CloudflareConfig } from "../config/edge";
import { checkProps, type Rules } from "../core/rules";

export type OriginLockProps = Pick<CloudflareConfig, "zoneId">;

const RULES: Rules<OriginLockProps> = { zoneId: CLOUDFLARE_RULES.zoneId };

/** Settings of a zone, in Cloudflare's own words, by our ids. */
const SETTINGS = {
  /** Shows the origin Cloudflare's client certificate. It is the same for every customer: the origin's group is the other lock. */
  ClientCertificate: { settingId: "tls_client_auth", value: "on" },
  /** Takes from the origin no certificate but a valid one of the host's. */
  OriginCertificate: { settingId: "ssl", value: "strict" },
  MinimumTls: { settingId: "min_tls_version", value: "1.2" },
  /** The origin has no port for anything else. */
  AlwaysHttps: { settingId: "always_use_https", value: "on" },
} as const;

/** Makes Cloudflare show who it is, and believe no other origin. The settings are the whole zone's, and stay when they go here. */
export class OriginLock extends Construct {
  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: OriginLockProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);

    for (const [setting, { settingId, value }] of Object.entries(SETTINGS)) {
      new ZoneSetting(this, setting, {
        zoneId: props.zoneId,
        settingId,
        // The value may be of any type, which the binding takes for a map.
        value: Token.asStringMap(value),
      });
    }
  }
}
