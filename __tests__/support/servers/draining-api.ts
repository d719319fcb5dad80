import { ProductionMetrics } from "../../../runtime/metrics/production-metrics";
import { Permissions } from "../../../runtime/security/permissions";
import { serviceLog } from "../../../runtime/service/log";
import { MessageApi } from "../../../runtime/service/message-api";
import { startService } from "../../../runtime/service/service";
import { serviceSettings } from "../../../runtime/service/service-settings";

// A service with an API that does nothing but to answer, and ends at SIGTERM. It prints its ports. Its authenticator is a fake.

async function main(): Promise<void> {
  const metrics = new ProductionMetrics({ commandTypes: ["Do"], queryTypes: [] });
  const log = serviceLog({ service: "draining", version: "1", level: "silent" });
  const api = new MessageApi({
    kind: "command",
    handlers: { Do: async () => undefined },
    permissions: new Permissions({ Do: ["user"] }),
    authenticator: { authenticate: async () => ({ subject: "user-1", roles: ["user"] }) },
    ...{ metrics, log },
  });
  const { ports } = await startService({
    settings: serviceSettings({ HTTP_PORT: "0", METRICS_PORT: "0", ...process.env }),
    probes: { writeSide: { eventStore: async () => {} } },
    close: async () => {},
    ...{ api, metrics, log },
  });
  process.stdout.write(`${JSON.stringify(ports)}\n`);
}

void main();
