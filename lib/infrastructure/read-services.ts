import { Construct } from "constructs";
import {
  CACHED_AT_AN_EDGE,
  isProxied,
  PROJECTIONS_RULES,
  QUERY_API_RULES,
  type ReadSide,
} from "../config/architecture";
import { type AuthConfig, isAuthConfig } from "../config/auth";
import { CLOUDFLARE_RULES, type CloudflareConfig } from "../config/edge";
import { secretsOf } from "../config/secret-names";
import { SERVICES_RULES, type ServicesConfig } from "../config/services";
import type { Cidr } from "../core/cidr";
import { checkProps, having, optional, type Rules, shape } from "../core/rules";
import { isApiServer, WayIn } from "../edge/way-in";
import { type EventStoreAttributes, isEventStore } from "../workloads/event-store-access";
import { Projections } from "../workloads/projections";
import { QueryApi } from "../workloads/query-api";
import { isReadModels, type ReadModels } from "../workloads/read-model-access";
import { PORTS, SERVICES } from "../workloads/services";
import { GROUND_RULES, ServicesGround, type ServicesGroundProps } from "./services-ground";

export interface ReadServicesProps extends Omit<ServicesGroundProps, "namespace" | "keda" | "secrets"> {
  /** The architecture's own keys. */
  readonly architecture: Pick<ReadSide, "queryApi" | "projections">;
  readonly services: Pick<ServicesConfig, "queryApi" | "projections">;
  readonly auth: AuthConfig;
  readonly eventStore: EventStoreAttributes;
  readonly readModels: ReadModels;
  /** Needed with `loadBalancer: 'both'` and `'cloudflare'`. */
  readonly cloudflare?: Pick<CloudflareConfig, "originPullCa" | "cacheable">;
  /** Ranges in which the cluster's own API is: the VPC's and the services'. */
  readonly apiServer: readonly Cidr[];
}

const RULES: Rules<ReadServicesProps> = {
  ...GROUND_RULES,
  architecture: having<ReadServicesProps["architecture"]>("an architecture", {
    queryApi: shape(QUERY_API_RULES, CACHED_AT_AN_EDGE),
    projections: shape(PROJECTIONS_RULES),
  }),
  services: having<ReadServicesProps["services"]>("services", {
    queryApi: SERVICES_RULES.queryApi,
    projections: SERVICES_RULES.projections,
  }),
  auth: isAuthConfig,
  eventStore: isEventStore,
  readModels: isReadModels,
  cloudflare: optional(
    having<Pick<CloudflareConfig, "originPullCa" | "cacheable">>("a zone", {
      originPullCa: CLOUDFLARE_RULES.originPullCa,
      cacheable: CLOUDFLARE_RULES.cacheable,
    }),
  ),
  apiServer: isApiServer,
};

/** Query API and projections in their cluster, with all that they need of it. */
export class ReadServices extends Construct {
  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: ReadServicesProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const { architecture, services, auth, eventStore, readModels, cloudflare, apiServer, ...cluster } = props;
    const { host, certificate, limits, ...queryApi } = services.queryApi;
    const { loadBalancer, cache, instances } = architecture.queryApi;
    const originPullCa = isProxied(loadBalancer) ? cloudflare?.originPullCa : undefined;
    const { name: service, namespace } = SERVICES.queryApi;

    const secrets = secretsOf([services.queryApi, services.projections], originPullCa);
    const { place } = new ServicesGround(this, "Ground", { ...cluster, secrets, namespace });
    new QueryApi(this, "QueryApi", { ...queryApi, ...place, instances, auth, readModels });
    new Projections(this, "Projections", {
      ...architecture.projections,
      ...services.projections,
      ...place,
      eventStore,
      readModels,
    });
    new WayIn(this, "WayIn", {
      ...{ service, namespace, host, certificate, limits, loadBalancer, apiServer },
      backendPort: PORTS.http,
      originPullCa,
      cacheable: cache === "edge" ? cloudflare?.cacheable : undefined,
      secretStore: place.secretStore,
      dependsOn: place.dependsOn,
    });
  }
}
