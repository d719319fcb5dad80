import { isDeepStrictEqual } from "node:util";
import { Token } from "cdktf";
import { environmentProblems } from "../../lib/config/environment";
import { acceptedOf, isEnvironment, places, withAll } from "../support/synthesis/accepted-places";
import { complete } from "../support/synthesis/complete-environment";
import { type Place, valueAt, written } from "../support/synthesis/places";
import { givenPaths, knownPaths } from "../support/synthesis/random-environment";
import { type Synthesized, synthesize } from "../support/synthesis/synthesized";

/** Terraform's name of a value that is at one place of the environment. */
const expressionAt = (place: Place): string => `\${local.at_${places.indexOf(place)}}`;
const computedAt = (place: Place) => ({ resolve: () => expressionAt(place) });

/** The middle of a text. */
const middleOf = (text: string) => [Math.floor(text.length / 3), Math.ceil((2 * text.length) / 3)] as const;

/** What a program can put at a place, by what it is, with what it stands for. */
const TOKENS = {
  text: (place) => Token.asString(computedAt(place)),
  "part of a text": (place, literal) => {
    const [from, to] = middleOf(`${literal}`);
    return `${literal}`.slice(0, from) + Token.asString(computedAt(place)) + `${literal}`.slice(to);
  },
  number: (place) => Token.asNumber(computedAt(place)),
  "number in a text": (place) => `a-${Token.asNumber(computedAt(place))}`,
  list: (place) => Token.asList(computedAt(place)),
  "list of numbers": (place) => Token.asNumberList(computedAt(place)),
  map: (place) => Token.asStringMap(computedAt(place)),
  object: (place) => Token.asAny(computedAt(place)),
} satisfies Readonly<Record<string, (place: Place, literal: unknown) => unknown>>;

const TEXTS = `
  .architecture.writeSide.commandApi.healthCheck
  .services.commandApi.images.blue
  .services.commandApi.images.green
  .services.commandApi.host
  .services.commandApi.certificate
  .services.commandApi.secrets.API_TOKEN
  .services.commandApi.variables.LOG_LEVEL
  .services.commandProcessors.image
  .services.commandProcessors.secrets.API_TOKEN
  .services.commandProcessors.variables.LOG_LEVEL
  .services.commandProcessors.autoscaling.query
  .services.queryApi.images.blue
  .services.queryApi.images.green
  .services.queryApi.host
  .services.queryApi.certificate
  .services.queryApi.variables.LOG_LEVEL
  .services.queryApi.secrets.API_TOKEN
  .services.projections.image
  .services.projections.secrets.API_TOKEN
  .services.projections.variables.LOG_LEVEL
  .auth.issuer
  .auth.audience
  .auth.publicKey
  .auth.commandPermissions.CreateOrder[0]
  .auth.commandPermissions.CreateOrder[1]
  .auth.commandPermissions.CancelOrder[0]
  .auth.commandPermissions.UpdateInventory[0]
  .auth.commandPermissions.UpdateInventory[1]
  .auth.queryPermissions.GetOrder[0]
  .auth.queryPermissions.GetOrder[1]
  .auth.queryPermissions.GetAllOrders[0]
  .auth.queryPermissions.GetInventory[0]
  .auth.queryPermissions.GetInventory[1]
  .cloudflare.accountId
  .cloudflare.zoneId
  .cloudflare.zone
  .cloudflare.originPullCa
  .monitoring.alerting.receivers.onCall.pagerDuty.routingKey
  .monitoring.alerting.receivers.team.slack.channel
  .monitoring.alerting.receivers.team.slack.webhook
  .monitoring.alerting.receivers.office.email.to[0]
  .monitoring.alerting.receivers.office.email.from
  .monitoring.alerting.receivers.office.email.username
  .monitoring.alerting.receivers.office.email.password
  .monitoring.alerting.receivers.hook.webhook.token
  .monitoring.alerting.deadMansSwitch.token
  .monitoring.grafana.url
  .monitoring.grafana.singleSignOn.clientId
  .monitoring.grafana.singleSignOn.clientSecret
  .monitoring.grafana.singleSignOn.authUrl
  .monitoring.grafana.singleSignOn.scopes[0]
  .monitoring.grafana.singleSignOn.scopes[1]
  .monitoring.grafana.singleSignOn.allowedDomains[0]
  .monitoring.remoteWrite.certificate
  .monitoring.remoteWrite.certificateAuthority
  .monitoring.logs.certificateAuthority
  .monitoring.eventStoreCredentials
  .recovery.jobs.image
  .recovery.jobs.variables.LOG_LEVEL
  .recovery.jobs.formerKeys[0]
  .recovery.jobs.subjectKeys.secret
  .recovery.jobs.subjectKeys.ranges[0]
  .recovery.failureTopic
  .network.availabilityZones[0]
  .network.availabilityZones[1]
  .network.availabilityZones[2]
  .administrators.deployer
  .apiAccess.cidrs[0]
  .kubernetes.instanceTypes.write
  .kubernetes.instanceTypes.read
  .kubernetes.nodeImage
  .kubernetes.addonVersions.vpc-cni
  .kubernetes.addonVersions.kube-proxy
  .kubernetes.addonVersions.eks-pod-identity-agent
  .kubernetes.addonVersions.coredns
  .kubernetes.addonVersions.aws-ebs-csi-driver
  .kubernetes.addonVersions.eks-node-monitoring-agent
  .readStore.instanceClass
  .readStore.cache.nodeType
  .tags.Team
`.match(/\S+/g) as readonly string[];

/** Keys by which nothing is decided at synth. */
const ACCEPTED: Readonly<Record<keyof typeof TOKENS, readonly string[]>> = {
  text: TEXTS,
  // A key in PEM has spaces, and a channel a '#', which no name has.
  "part of a text": TEXTS.filter((path) => !/\.(?:publicKey|channel)$/.test(path)),
  number: `
    .architecture.writeSide.commandApi.instances
    .architecture.readSide.queryApi.instances
    .architecture.readSide.projections.workers
    .architecture.readSide.projections.parallelism
    .services.commandApi.limits.bodyMib
    .services.queryApi.limits.bodyMib
    .services.projections.partitions
    .cloudflare.cacheable[0].seconds
    .monitoring.alerting.repeatHours.critical
    .monitoring.alerting.repeatHours.warning
    .monitoring.grafana.passwordVersion
    .monitoring.remoteWrite.passwordVersion
    .monitoring.logs.passwordVersion
    .recovery.jobs.subjectKeys.port
    .readStore.cache.shards
    .readStore.cache.replicasPerShard
    .readStore.passwordVersion
  `.match(/\S+/g) as readonly string[],
  "number in a text": [],
  list: [".apiAccess.cidrs"],
  "list of numbers": [],
  map: [],
  object: [],
};

/** What cdktf takes for tokens, though no program has made them. */
const STRAYS: Readonly<Record<string, unknown>> = {
  text: `\${TfToken[nope]}`,
  "part of a text": `a\${TfToken[TOKEN.1000000]}b`,
  "element of a list": "#{TfToken[nope]}",
  list: ["#{TfToken[nope]}"],
  map: { "&{TfToken[nope]}": "x" },
  "value of a map": "Any Map Token Value",
  number: Number(Token.asNumber({ resolve: () => 1 })) - 2 ** 970,
  "number in a text": `a${Number(Token.asNumber({ resolve: () => 1 })) - 2 ** 970}`,
};

/** The leaves of two syntheses that differ once `restored` has put into the first what its expressions stand for. */
function differences(
  left: unknown,
  right: unknown,
  restored: (text: string) => readonly string[],
  path = "",
): string[] {
  if (typeof left === "object" && left !== null && typeof right === "object" && right !== null) {
    const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
    return [...keys].flatMap((key) =>
      differences((left as never)[key], (right as never)[key], restored, `${path}/${key}`),
    );
  }
  const isSame =
    left === right || (typeof left === "string" && restored(left).some((text) => isSameText(text, `${right}`, path)));
  return isSame ? [] : [`${path}: ${JSON.stringify(left)} for ${JSON.stringify(right)}`];
}

/** A policy's resources are a set, in whatever order and however often they are named. */
const isSameText = (left: string, right: string, path: string): boolean =>
  left === right ||
  (path.endsWith("/policy") && isDeepStrictEqual(new Set(left.split('"')), new Set(right.split('"'))));

const EXPRESSION = /\$\{local\.at_(\d+)\}/g;

test("the environment of these tests has every key that one can have at once", () => {
  expect(environmentProblems("production", complete)).toEqual([]);
  const given = new Set(givenPaths(complete, isEnvironment));
  // Autoscaling is by a query or by CPU. A bucket that exists is replicated by whoever made it.
  expect(knownPaths(isEnvironment).filter((path) => !given.has(path))).toEqual([
    "services.commandProcessors.autoscaling.cpuPercent",
    "state.secondRegion",
  ]);
});

describe("tokens of this program", () => {
  const literally: Synthesized = synthesize({ production: complete });

  test.each(Object.keys(TOKENS) as (keyof typeof TOKENS)[])(
    "%s: each key takes it as a whole, or refuses it with its path",
    (kind) => {
      const tokenAt: (place: Place, literal: unknown) => unknown = TOKENS[kind];
      const accepted = acceptedOf((place) => tokenAt(place, valueAt(complete, place)));
      expect(accepted.map(written)).toEqual(ACCEPTED[kind]);
      if (accepted.length === 0) return;
      const environment = withAll(accepted.map((place) => [place, tokenAt(place, valueAt(complete, place))]));
      const synthesized = synthesize({ production: environment });

      const json = JSON.stringify(synthesized.stacks);
      expect(accepted.filter((place) => !json.includes(expressionAt(place))).map(written)).toEqual([]);
      // Where an expression is put back, the JSON is that of the literal: nothing was computed of a token.
      const literalOf = (index: string): string => {
        const literal = valueAt(complete, places[Number(index)] as Place);
        if (kind !== "part of a text") return Array.isArray(literal) ? literal.join() : `${literal}`;
        return `${literal}`.slice(...middleOf(`${literal}`));
      };
      const restored = (text: string) => [
        text.replaceAll(EXPRESSION, (_, index) => literalOf(index)),
        text.replaceAll(EXPRESSION, (_, index) => JSON.stringify(literalOf(index)).slice(1, -1)),
      ];
      const found = differences(synthesized.stacks, literally.stacks, restored);
      // An administrator's address follows the principal. If Terraform computes the principal, it follows the name.
      expect(found.filter((it) => !/_Administrator/.test(it))).toEqual([]);
    },
  );
});

test.each(Object.entries(STRAYS))("what only looks like a token is refused at each key: %s", (_, value) => {
  expect(acceptedOf(() => value).map(written)).toEqual([]);
});

describe("expressions of Terraform", () => {
  test.each([`a\${file("/etc/hostname")}b`, "a%{if true}b%{endif}", `\${file("/etc/hostname")}`])(
    "%s",
    (expression) => {
      const accepted = acceptedOf(() => expression);
      const json = JSON.stringify(
        synthesize({ production: withAll(accepted.map((place) => [place, expression])) }).stacks,
      );
      expect(accepted.length).toBeGreaterThan(0);
      expect(json.match(/[$%]+\{(?:file|if true|endif)/g)?.filter((found) => !/^(?:\$\$|%%)\{/.test(found))).toEqual(
        [],
      );
    },
  );

  test("are literal next to a token, too, or refused", () => {
    const expression = (place: Place) => `\${file("/etc/hostname")}${Token.asString(computedAt(place))}`;
    const accepted = acceptedOf(expression);
    expect(accepted.map(written).filter((path) => !/\.(?:variables\.LOG_LEVEL|query)$/.test(path))).toEqual([]);
    const environment = withAll(accepted.map((place) => [place, expression(place)]));
    const json = JSON.stringify(synthesize({ production: environment }).stacks);
    expect(json.match(/\$+\{file[^}]*\}/g)?.filter((found) => !found.startsWith("$${"))).toEqual([]);
    expect(accepted.filter((place) => !json.includes(expressionAt(place)))).toEqual([]);
  });

  test("can't be hidden by a `$` before a token, which would escape it", () => {
    expect(acceptedOf((place) => `$${Token.asString(computedAt(place))}`).map(written)).toEqual([]);
  });
});
