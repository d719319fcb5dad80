import { Construct } from "constructs";
import { COMMAND_API_RULES, COMMAND_PROCESSORS_RULES, isProxied, type WriteSide } from "../config/architecture";
import { type AuthConfig, isAuthConfig } from "../config/auth";
import { isByQuery } from "../config/autoscaling";
import { CLOUDFLARE_RULES, type CloudflareConfig } from "../config/edge";
import { secretsOf } from "../config/secret-names";
import { SERVICES_RULES, type ServicesConfig } from "../config/services";
import type { Cidr } from "../core/cidr";
import { checkProps, having, optional, type Rules, shape } from "../core/rules";
import { isApiServer, WayIn } from "../edge/way-in";
import { CommandApi } from "../workloads/command-api";
import { CommandProcessors } from "../workloads/command-processors";
import { type DeletedSubjectsPlace, isDeletedSubjectsPlace } from "../workloads/deleted-subjects-access";
import { type EventStoreAttributes, isEventStore } from "../workloads/event-store-access";
import { PORTS, SERVICES } from "../workloads/services";
import { GROUND_RULES, ServicesGround, type ServicesGroundProps } from "./services-ground";

export interface WriteServicesProps extends Omit<ServicesGroundProps, "namespace" | "keda" | "secrets"> {
  /** The architecture's own keys. */
  readonly architecture: Pick<WriteSide, "commandApi" | "commandProcessors">;
  readonly services: Pick<ServicesConfig, "commandApi" | "commandProcessors">;
  readonly auth: AuthConfig;
  readonly eventStore: EventStoreAttributes;
  /** Where subjects that are forgotten are written down: `Recovery`'s exports. @default - nowhere of the platform's */
  readonly deletedSubjects?: DeletedSubjectsPlace;
  /** Needed with `loadBalancer: 'both'` and `'cloudflare'`. */
  readonly cloudflare?: Pick<CloudflareConfig, "originPullCa">;
  /** Ranges in which the cluster's own API is: the VPC's and the services'. */
  readonly apiServer: readonly Cidr[];
}

const RULES: Rules<WriteServicesProps> = {
  ...GROUND_RULES,
  architecture: having<WriteServicesProps["architecture"]>("an architecture", {
    commandApi: shape(COMMAND_API_RULES),
    commandProcessors: shape(COMMAND_PROCESSORS_RULES),
  }),
  services: having<WriteServicesProps["services"]>("services", {
    commandApi: SERVICES_RULES.commandApi,
    commandProcessors: SERVICES_RULES.commandProcessors,
  }),
  auth: isAuthConfig,
  eventStore: isEventStore,
  deletedSubjects: optional(isDeletedSubjectsPlace),
  cloudflare: optional(
    having<Pick<CloudflareConfig, "originPullCa">>("a zone", {
      originPullCa: CLOUDFLARE_RULES.originPullCa,
    }),
  ),
  apiServer: isApiServer,
};

/** Command API and command processors in their cluster, with all that they need of it. */
export class WriteServices extends Construct {
  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: WriteServicesProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const { architecture, services, auth, eventStore, deletedSubjects, cloudflare, apiServer, ...cluster } = props;
    const { host, certificate, limits, ...commandApi } = services.commandApi;
    const { loadBalancer, ...topology } = architecture.commandApi;
    const { autoscaling } = services.commandProcessors;
    const keda = isByQuery(architecture.commandProcessors.scaling, autoscaling);
    const originPullCa = isProxied(loadBalancer) ? cloudflare?.originPullCa : undefined;
    const { name: service, namespace } = SERVICES.commandApi;

    const secrets = secretsOf([services.commandApi, services.commandProcessors], originPullCa);
    const { place, addons } = new ServicesGround(this, "Ground", { ...cluster, secrets, namespace, keda });
    new CommandApi(this, "CommandApi", { ...topology, ...commandApi, ...place, auth, eventStore, deletedSubjects });
    new CommandProcessors(this, "CommandProcessors", {
      ...architecture.commandProcessors,
      ...services.commandProcessors,
      ...place,
      ...{ eventStore, deletedSubjects },
      metricsServer: addons.metricsServer,
      keda: addons.keda,
    });
    new WayIn(this, "WayIn", {
      ...{ service, namespace, host, certificate, limits, loadBalancer, apiServer },
      backendPort: PORTS.http,
      originPullCa,
      secretStore: place.secretStore,
      dependsOn: place.dependsOn,
    });
  }
}
