import { production } from "../../../environments/production";
import type { Environment } from "../../../lib/config/environment";

const { services } = production;

/** Production, its command processors scaled by what waits for them: with KEDA, and an object of its. */
export const scaledByQuery: Environment = {
  ...production,
  services: services && {
    ...services,
    commandProcessors: {
      ...services.commandProcessors,
      autoscaling: { maxInstances: 20, query: "sum(cqrs_command_queue_depth)", perInstance: 100 },
    },
  },
};
