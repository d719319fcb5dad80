import { known, listOf, optional, type Relation, type Rule, shape, text, unique } from "../core/rules";
import { url } from "../core/urls";
import { isPasswordVersion } from "./password-version";
import { isSecretName } from "./secret-names";
import { isHost } from "./services";

export interface GrafanaOptions {
  /** Address under which people reach it, by a way in of yours: `'https://grafana.example.com'`. @default - by a forwarded port alone */
  readonly url?: string;
  /** Signing in with the company's own accounts; needs `url`. @default - Grafana's administrator alone */
  readonly singleSignOn?: SingleSignOn;
  /**
   * Raised by one, it gives the administrator's secret a new password. Grafana reads it when its pod starts: docs/alerts.md.
   * @default 1
   */
  readonly passwordVersion?: number;
}

/** OAuth 2.0 with OpenID Connect, of any provider. Its callback is `<url>/login/generic_oauth`. */
export interface SingleSignOn {
  readonly clientId: string;
  /** Secret of AWS Secrets Manager whose text is the client's secret. */
  readonly clientSecret: string;
  readonly authUrl: string;
  readonly tokenUrl: string;
  /** Where it asks who somebody is: OpenID's user info. */
  readonly apiUrl: string;
  /** @default ['openid', 'profile', 'email'] */
  readonly scopes?: readonly string[];
  /** Domains of the e-mail addresses that may sign in. @default - whoever the provider lets in */
  readonly allowedDomains?: readonly string[];
  /**
   * JMESPath over what the provider says of somebody, that gives `'Admin'`, `'Editor'` or `'Viewer'`:
   * `"contains(groups[*], 'platform') && 'Admin' || 'Viewer'"`. To whom it gives nothing does not get in.
   * @default - everybody is a viewer
   */
  readonly roleAttributePath?: string;
}

export const DEFAULT_SCOPES: readonly string[] = ["openid", "profile", "email"];

/** Ours: more are a list of people. */
const DOMAINS = { min: 1, max: 20 } as const;
const SCOPES = { min: 1, max: 20 } as const;

/** No `;`, at which a line of Grafana's configuration ends, no `$`, which begins a variable there, and no template. */
const isEndpoint = url(
  "an https URL such as 'https://login.example.com/authorize'",
  /^https:\/\/[^\s/?#@;${}`\\]+(?:\/[^\s#;${}`\\]*)?$/,
);
/** No path below which Grafana would have to be told that it is. */
const isRootUrl = url(
  "an https URL of a host alone, such as 'https://grafana.example.com'",
  /^https:\/\/[a-z0-9.-]+(?::[1-9]\d{0,4})?$/,
);

/** The provider sends people back to an address that it was told before. */
const REACHED: Relation<GrafanaOptions> = {
  between: ["url", "singleSignOn"],
  problemsOf: ({ url, singleSignOn }, path) =>
    singleSignOn !== undefined && url === undefined
      ? [{ path: `${path}.url`, message: "is missing, must be given with singleSignOn, which leads back to it" }]
      : [],
};

export const isGrafanaOptions: Rule = shape<GrafanaOptions>(
  {
    url: optional(isRootUrl),
    passwordVersion: optional(isPasswordVersion),
    singleSignOn: optional(
      shape<SingleSignOn>({
        clientId: text("at most 255 letters, digits and _.:/@~+=-", /^[\w.:/@~+=-]{1,255}$/),
        clientSecret: isSecretName,
        authUrl: isEndpoint,
        tokenUrl: known(isEndpoint),
        apiUrl: known(isEndpoint),
        scopes: optional(unique(listOf(text("a scope of letters, digits and _.:/~+-", /^[\w.:/~+-]{1,255}$/), SCOPES))),
        allowedDomains: optional(unique(listOf(isHost, DOMAINS))),
        roleAttributePath: optional(
          known(
            text(
              "a JMESPath expression on one line, without '$', '{{' and three double quotes",
              /^(?=.*\S)(?!.*(?:\$|\{\{|""")).{1,2000}$/,
            ),
          ),
        ),
      }),
    ),
  },
  REACHED,
);
