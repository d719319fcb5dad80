import { Token } from "cdktf";
import { PARTITIONS } from "../contract/limits";
import { isPlainObject } from "../core/plain-object";
import type { Problem } from "../core/problems";
import { belowProblems, known, wholeNumber } from "../core/rules";
import { INSTANCES, isProxied, type ProductionArchitecture } from "./architecture";
import { isAutoscaling, isByQuery } from "./autoscaling";
import type { DeepPartial } from "./deep-partial";
import type { CloudflareConfig } from "./edge";
import type { Infrastructure } from "./infrastructure";
import { type NamesSecrets, secretsOf, secretsProblem } from "./secret-names";
import { DEFAULT_PARTITIONS, isHost, type ServicesConfig } from "./services";
import { BOTH_SIDES } from "./side";

/** The parts of an environment that must agree for services to run in it, each as unsound as it may be. */
export interface ServiceParts {
  readonly infrastructure?: DeepPartial<Infrastructure>;
  readonly architecture?: DeepPartial<ProductionArchitecture>;
  readonly services?: DeepPartial<ServicesConfig>;
  readonly auth?: unknown;
  readonly cloudflare?: DeepPartial<CloudflareConfig>;
}

/** Where each service runs. */
const SIDES = {
  commandApi: "write",
  commandProcessors: "write",
  queryApi: "read",
  projections: "read",
} as const satisfies Readonly<Record<keyof ServicesConfig, "write" | "read">>;
type ServiceName = keyof typeof SIDES;

/** What is wrong between the parts, where each is sound by itself. Without services there is nothing to agree. */
export function serviceProblems(parts: ServiceParts, name: string): readonly Problem[] {
  if (parts.services === undefined) return [];
  return [
    ...(parts.auth === undefined
      ? [{ path: `${name}.auth`, message: "is missing, must be given with services, whose APIs ask for tokens" }]
      : []),
    ...prometheusProblems(parts, name),
    ...autoscalingProblems(parts, name),
    ...partitionProblems(parts, name),
    ...secretProblems(parts, name),
    ...zoneProblems(parts, name),
  ];
}

/** A query is Prometheus' to answer. */
function prometheusProblems(
  { infrastructure, architecture, services }: ServiceParts,
  name: string,
): readonly Problem[] {
  const { scaling } = architecture?.writeSide?.commandProcessors ?? {};
  const isAsked = isByQuery(scaling, services?.commandProcessors?.autoscaling);
  if (!isAsked || infrastructure?.monitoring?.prometheus !== false) return [];
  return [
    {
      path: `${name}.services.commandProcessors.autoscaling.query`,
      message: "must be left out without infrastructure.monitoring.prometheus, which would answer it, got one",
    },
  ];
}

/** A fixed number of instances may keep its autoscaling, to be switched on again by one word. */
function autoscalingProblems({ architecture, services }: ServiceParts, name: string): readonly Problem[] {
  const { instances, scaling } = architecture?.writeSide?.commandProcessors ?? {};
  const autoscaling = services?.commandProcessors?.autoscaling;
  const isSound = isCount(instances) && isAutoscaling.problemsOf(autoscaling, "").length === 0;
  if (scaling !== "auto" || !isSound) return [];
  const least = { what: "architecture.writeSide.commandProcessors.instances", is: instances };
  return belowProblems(autoscaling?.maxInstances, least, `${name}.services.commandProcessors.autoscaling.maxInstances`);
}

/** A worker without a partition would wait for ever. */
function partitionProblems({ architecture, services }: ServiceParts, name: string): readonly Problem[] {
  const workers = architecture?.readSide?.projections?.workers;
  const partitions = services?.projections?.partitions ?? DEFAULT_PARTITIONS;
  if (!isCount(workers) || known(wholeNumber(PARTITIONS)).problemsOf(partitions, "").length > 0) return [];
  const least = { what: "architecture.readSide.projections.workers", is: workers };
  return belowProblems(partitions, least, `${name}.services.projections.partitions`);
}

/** One role of each cluster reads all secrets of its services; that of a zone, where there is one, may be on either side. */
function secretProblems({ services, cloudflare }: ServiceParts, name: string): readonly Problem[] {
  return BOTH_SIDES.flatMap((side) => {
    const keys = (Object.keys(SIDES) as ServiceName[]).filter((service) => SIDES[service] === side);
    const configs = keys.map((key) => services?.[key]).filter(isPlainObject) as readonly NamesSecrets[];
    const names = secretsOf(configs, cloudflare?.originPullCa).filter((secret) => typeof secret === "string");
    const message = secretsProblem(names, "services");
    return message === undefined ? [] : [{ path: `${name}.services.{${keys.join(",")}}`, message }];
  });
}

/** What Cloudflare is in front of must be in its zone. What it is not in front of is nobody's business here. */
function zoneProblems({ architecture, services, cloudflare }: ServiceParts, name: string): readonly Problem[] {
  const apis = [
    { key: "commandApi", at: "writeSide.commandApi", config: architecture?.writeSide?.commandApi },
    { key: "queryApi", at: "readSide.queryApi", config: architecture?.readSide?.queryApi },
  ] as const;
  const proxied = apis.filter(({ config }) => isProxied(config?.loadBalancer));
  if (cloudflare === undefined) {
    return proxied.slice(0, 1).map(({ at, config }) => ({
      path: `${name}.cloudflare`,
      message: `is missing, must be given with loadBalancer '${config?.loadBalancer}' of architecture.${at}`,
    }));
  }
  const { zone } = cloudflare;
  if (isHost.problemsOf(zone, "").length > 0 || Token.isUnresolved(zone)) return [];
  return proxied
    .map(({ key }) => ({ key, host: services?.[key]?.host }))
    .filter(({ host }) => isHost.problemsOf(host, "").length === 0 && !Token.isUnresolved(host))
    .filter(({ host }) => host !== zone && !host?.endsWith(`.${zone}`))
    .map(({ key, host }) => ({
      path: `${name}.services.${key}.host`,
      message: `must be in cloudflare.zone '${zone}', got '${host}'`,
    }));
}

const isCount = (value: unknown): value is number => known(wholeNumber(INSTANCES)).problemsOf(value, "").length === 0;
