import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { EVENT_STORE_RULES, type EventStoreConfig } from "../config/infrastructure";
import { checkProps, optional, type Rules } from "../core/rules";
import {
  APART,
  MANAGED_EVENT_STORE_RULES,
  ManagedEventStore,
  type ManagedEventStoreProps,
} from "../event-store/managed-event-store";

type EventStoreOptions = Omit<ManagedEventStoreProps, "name" | keyof EventStoreConfig>;

/** The seed's own keys, and what an event store needs beside them. */
export interface EventStoreProps extends EventStoreConfig, EventStoreOptions {
  /** Name at Kurrent, of the project and all in it. @default - the stack's id and `events`: `orders-events` */
  readonly name?: string;
}

const RULES: Rules<EventStoreProps> = {
  ...MANAGED_EVENT_STORE_RULES,
  ...EVENT_STORE_RULES,
  name: optional(MANAGED_EVENT_STORE_RULES.name),
};

/** Where the events are. */
export class EventStore extends Construct {
  readonly store: ManagedEventStore;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: EventStoreProps) {
    super(scope, id);
    props = checkProps(this, props, RULES, APART);
    // The type has one word, and the provider two that mean the same service.
    const { type: _type, provider: _provider, ...rest } = props;
    this.store = new ManagedEventStore(this, "Managed", {
      ...rest,
      name: props.name ?? `${TerraformStack.of(this).node.id}-events`,
    });
  }
}
