import { Construct } from "constructs";
import type { WriteSide } from "../config/architecture";
import type { AuthConfig } from "../config/auth";
import type { CloudflareConfig } from "../config/edge";
import { secretsOf } from "../config/secret-names";
import type { ServicesConfig } from "../config/services";
import type { Cidr } from "../core/cidr";
import { WayIn } from "../edge/way-in";
import { CommandApi } from "../workloads/command-api";
import { CommandProcessors } from "../workloads/command-processors";
import type { EventStoreAttributes } from "../workloads/event-store-access";
import { PORTS, SERVICES } from "../workloads/services";
import { ServicesGround, type ServicesGroundProps } from "./services-ground";

export interface WriteServicesProps extends Omit<ServicesGroundProps, "namespace" | "keda" | "secrets"> {
  /** The architecture's own keys. */
  readonly architecture: Pick<WriteSide, "commandApi" | "commandProcessors">;
  readonly services: Pick<ServicesConfig, "commandApi" | "commandProcessors">;
  readonly auth: AuthConfig;
  readonly eventStore: EventStoreAttributes;
  /** Needed with `loadBalancer: 'cloudflare'`. */
  readonly cloudflare?: Pick<CloudflareConfig, "originPullCa">;
  /** Ranges in which the cluster's own API is: the VPC's and the services'. */
  readonly apiServer: readonly Cidr[];
}

/** Command API and command processors in their cluster, with all that they need of it. */
export class WriteServices extends Construct {
  /** @throws {InvalidConfigurationError} with all that is wrong with a part's props. */
  constructor(scope: Construct, id: string, props: WriteServicesProps) {
    super(scope, id);
    const { architecture, services, auth, eventStore, cloudflare, apiServer, ...cluster } = props;
    const { host, certificate, limits, ...commandApi } = services.commandApi;
    const { loadBalancer, ...topology } = architecture.commandApi;
    const { autoscaling } = services.commandProcessors;
    const isByQueue = architecture.commandProcessors.scaling === "auto" && "query" in (autoscaling ?? {});
    const originPullCa = loadBalancer === "cloudflare" ? cloudflare?.originPullCa : undefined;
    const { name: service, namespace } = SERVICES.commandApi;

    const secrets = secretsOf([services.commandApi, services.commandProcessors], originPullCa);
    const { place, addons } = new ServicesGround(this, "Ground", { ...cluster, secrets, namespace, keda: isByQueue });
    new CommandApi(this, "CommandApi", { ...topology, ...commandApi, ...place, auth, eventStore });
    new CommandProcessors(this, "CommandProcessors", {
      ...architecture.commandProcessors,
      ...services.commandProcessors,
      ...place,
      eventStore,
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
