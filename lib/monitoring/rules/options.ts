import type { ObjectivesConfig } from "../../config/objectives";
import type { Frequency } from "../../config/quantities";
import type { Side } from "../../config/side";
import type { Outage } from "./alert";

/** What of an environment decides which rules there are. */
export interface RuleOptions {
  /** Its name, as every series has it: what is absent has no labels but those that it was looked for by. */
  readonly environment: string;
  /** @default - those of `DEFAULT_OBJECTIVES` */
  readonly objectives?: ObjectivesConfig;
  /** Sides whose metrics come here: of another, nothing is missing. @default - both */
  readonly sides?: readonly Side[];
  /** Whether CloudWatch is asked. @default true */
  readonly cloudWatch?: boolean;
  /** Whether the services run, and NGINX in front of them. */
  readonly services: boolean;
  /** Whether the event store's nodes are asked for their own metrics. */
  readonly eventStore: { readonly scraped: boolean };
  readonly backup: {
    /** How often both stores are exported. */
    readonly frequency: Frequency;
    /** Whether jobs in the read side's cluster do so, of which it is known when they succeeded. */
    readonly exported: boolean;
  };
  /** Whether logs are shipped. */
  readonly logs: boolean;
  /** Address of the folder of runbooks: `'docs/runbooks'`. */
  readonly runbooks: string;
}

/** On the write side, only what is brought from there says what is wrong: without it, nothing does. */
export const silencedBy = (side: Side): Outage | undefined => (side === "write" ? "write-monitoring" : undefined);
