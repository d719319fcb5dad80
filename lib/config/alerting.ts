import { closest } from "fastest-levenshtein";
import { isPlainObject } from "../core/plain-object";
import { alternatives, mismatch, type Problem, shown } from "../core/problems";
import {
  known,
  listOf,
  mapOf,
  optional,
  type Relation,
  type Rule,
  type Rules,
  refined,
  rule,
  shape,
  text,
  unique,
  wholeNumber,
  within,
} from "../core/rules";
import { url } from "../core/urls";
import { isSecretName } from "./secret-names";

/** Who hears of what is wrong. */
export interface AlertingConfig {
  /** Receivers by names of yours, 1 to 20. */
  readonly receivers: Readonly<Record<string, Receiver>>;
  /** Names of those who hear of what must be mended now, each of them. */
  readonly critical: readonly string[];
  /** Names of those who hear of what must be mended within days, each of them. */
  readonly warning: readonly string[];
  /** How often what goes on is told again. @default - critical every 4 hours, warning every 24 */
  readonly repeatHours?: RepeatHours;
  /**
   * Who is told again and again that all is well, and calls out when it is told no longer: nothing else notices when
   * monitoring itself, or its cluster, is gone. @default - nobody
   */
  readonly deadMansSwitch?: DeadMansSwitch;
}

/** Hours, 1 to 120 each. */
export interface RepeatHours {
  /** @default 4 */
  readonly critical?: number;
  /** @default 24 */
  readonly warning?: number;
}

/** One way to reach somebody, of exactly one kind. */
export type Receiver =
  | { readonly slack: SlackReceiver }
  | { readonly pagerDuty: PagerDutyReceiver }
  | { readonly email: EmailReceiver }
  | { readonly webhook: WebhookReceiver };

export interface SlackReceiver {
  /** `'#orders-alerts'`, or `'@somebody'`. The webhook of an app of yours has its own, and pays no heed to this. */
  readonly channel: string;
  /** Secret of AWS Secrets Manager whose text is the incoming webhook's URL. */
  readonly webhook: string;
}

export interface PagerDutyReceiver {
  /** Secret of AWS Secrets Manager whose text is the integration key (Events API v2). */
  readonly routingKey: string;
}

export interface EmailReceiver {
  /** Addresses, 1 to 20. */
  readonly to: readonly string[];
  readonly from: string;
  /** Host and port of the server: `'smtp.example.com:587'`. It must speak STARTTLS, at port 465 TLS from the start. */
  readonly smarthost: string;
  readonly username: string;
  /** Secret of AWS Secrets Manager whose text is the user's password. */
  readonly password: string;
}

/** The URL stands in plan and state: what is secret belongs in the token. */
export interface WebhookReceiver {
  /** https, without a user and a password. */
  readonly url: string;
  /** Secret of AWS Secrets Manager whose text is sent as `Authorization: Bearer`. @default - none */
  readonly token?: string;
}

export interface DeadMansSwitch extends WebhookReceiver {
  /** How often it is told, 1 to 60 minutes; have it call out after three times as long. @default 1 */
  readonly everyMinutes?: number;
}

/** Ours: more are a list of people, which their own tool keeps better. */
const RECEIVERS = { min: 1, max: 20 } as const;
/** Alertmanager forgets after 120 hours that it has told somebody, and tells it again then. */
const REPEAT_HOURS = { min: 1, max: 120 } as const;
/** Ours: a longer silence is no alarm. */
const EVERY_MINUTES = { min: 1, max: 60 } as const;
const PORT = { min: 1, max: 65_535 } as const;

export const DEFAULT_REPEAT_HOURS: Required<RepeatHours> = { critical: 4, warning: 24 };
export const DEFAULT_EVERY_MINUTES = 1;

/** Names of Alertmanager's receivers that are ours. */
export const OWN_RECEIVERS = { nobody: "nobody", deadMansSwitch: "dead-mans-switch" } as const;

/** No brace: Alertmanager would take two of them for a template. */
const isUrl = url(
  "an https URL without a user such as 'https://alerts.example.com/hook'",
  /^https:\/\/[^\s/?#@{}\\]+(?:[/?][^\s#{}\\]*)?$/,
);
/** SMTP: an address has at most 254 characters. */
const isAddress = text(
  "an e-mail address such as 'orders@example.com'",
  /^(?=.{1,254}$)[^\s@,;<>{}"]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/,
);
const isSmarthost = rule("a host and a port such as 'smtp.example.com:587'", (value) => {
  const port = typeof value === "string" ? value.match(/^[A-Za-z0-9][A-Za-z0-9.-]{0,252}:(\d{1,5})$/)?.[1] : undefined;
  return port !== undefined && within(PORT, Number(port));
});

/** Which ports a policy opens is decided at synth. */
const WEBHOOK_RULES: Rules<WebhookReceiver> = { url: known(isUrl), token: optional(isSecretName) };

const KINDS: Readonly<Record<string, Rule>> = {
  slack: shape<SlackReceiver>({
    channel: text("a channel such as '#alerts', or a user such as '@name'", /^[#@][\p{L}\p{N}._-]{1,80}$/u),
    webhook: isSecretName,
  }),
  pagerDuty: shape<PagerDutyReceiver>({ routingKey: isSecretName }),
  email: shape<EmailReceiver>({
    to: unique(listOf(isAddress, RECEIVERS)),
    from: isAddress,
    smarthost: known(isSmarthost),
    username: text("a user's name of at most 254 characters", /^\S{1,254}$/),
    password: isSecretName,
  }),
  webhook: shape<WebhookReceiver>(WEBHOOK_RULES),
};
const KIND_NAMES = Object.keys(KINDS);
const ONE_KIND = `an object with exactly one of ${alternatives(KIND_NAMES)}`;

const isOfKinds = shape<object>(
  Object.fromEntries(Object.entries(KINDS).map(([kind, inner]) => [kind, optional(inner)])),
);

/** Of two kinds, each would have to be told apart in every route. */
const isReceiver: Rule = {
  allowed: ONE_KIND,
  below: isOfKinds.below,
  problemsOf(value, path) {
    if (!isPlainObject(value)) return [{ path, message: mismatch(ONE_KIND, value) }];
    const problems = isOfKinds.problemsOf(value, path);
    const given = KIND_NAMES.filter((kind) => value[kind] !== undefined);
    if (given.length === 1 || (given.length === 0 && problems.length > 0)) return problems;
    const got = given.length === 0 ? "none" : alternatives(given, "and");
    return [...problems, { path, message: `must have exactly one of ${alternatives(KIND_NAMES)}, got ${got}` }];
  },
};

/** Part of a file's name and of a route's. */
const isReceiverName = refined<string>(
  text("named by at most 40 letters, digits and '-', a letter first", /^[A-Za-z][A-Za-z0-9-]{0,39}$/),
  (name, path) =>
    (Object.values(OWN_RECEIVERS) as readonly string[]).includes(name)
      ? [{ path, message: `must be another name, as one of ours is '${name}'` }]
      : [],
);

const isReceivers = refined<AlertingConfig["receivers"]>(mapOf(isReceiver, isReceiverName), (receivers, path) => {
  const count = Object.keys(receivers).length;
  return within(RECEIVERS, count)
    ? []
    : [{ path, message: `must be ${RECEIVERS.min} to ${RECEIVERS.max} receivers, got ${count}` }];
});

const isNames = unique(listOf(known(text("the name of a receiver", /\S/)), RECEIVERS));
const SEVERITIES = ["critical", "warning"] as const;

/** A name that leads nowhere, and somebody who would wait for ever. */
const NAMED: Relation<AlertingConfig> = {
  between: ["receivers", ...SEVERITIES],
  problemsOf({ receivers, ...routes }, path) {
    const names = Object.keys(receivers);
    const unknown = SEVERITIES.flatMap((severity): readonly Problem[] =>
      routes[severity].flatMap((name, index) =>
        names.includes(name)
          ? []
          : [
              {
                path: `${path}.${severity}[${index}]`,
                message: `must be the name of a receiver, got ${shown(name)}, did you mean '${closest(name, names)}'?`,
              },
            ],
      ),
    );
    const named = SEVERITIES.flatMap((severity) => routes[severity]);
    const unused = names
      .filter((name) => !named.includes(name))
      .map((name) => ({
        path: `${path}.receivers.${name}`,
        message: `must be named by ${alternatives(SEVERITIES)}, or it would never hear of anything`,
      }));
    return [...unknown, ...unused];
  },
};

export const isAlertingConfig: Rule = shape<AlertingConfig>(
  {
    receivers: isReceivers,
    critical: isNames,
    warning: isNames,
    repeatHours: optional(
      shape<RepeatHours>({
        critical: optional(wholeNumber(REPEAT_HOURS)),
        warning: optional(wholeNumber(REPEAT_HOURS)),
      }),
    ),
    deadMansSwitch: optional(
      shape<DeadMansSwitch>({ ...WEBHOOK_RULES, everyMinutes: optional(known(wholeNumber(EVERY_MINUTES))) }),
    ),
  },
  NAMED,
);
