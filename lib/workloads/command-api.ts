import { Construct } from "constructs";
import { COMMAND_API_RULES, type CommandApiConfig } from "../config/architecture";
import { type AuthConfig, authDocument, isAuthConfig } from "../config/auth";
import { BLUE_GREEN_RULES, type BlueGreenConfig, ONE_SOURCE } from "../config/services";
import { checkProps, optional, type Rules } from "../core/rules";
import { AUTH_FILE, authVariables } from "./auth-document";
import { BlueGreen } from "./blue-green";
import { type DeletedSubjectsPlace, deletedSubjectsAccess, isDeletedSubjectsPlace } from "./deleted-subjects-access";
import { type EventStoreAttributes, eventStoreAccess, isEventStore } from "./event-store-access";
import { fieldKeyAccess } from "./field-key-access";
import { FROM_NGINX, SERVICE_PLACE_RULES, type ServicePlace, ServicePods } from "./service-pods";
import { PORTS, SERVICES } from "./services";

export interface CommandApiProps
  extends Pick<CommandApiConfig, "instances" | "healthCheck">,
    BlueGreenConfig,
    ServicePlace {
  /** Who may send which command. */
  readonly auth: AuthConfig;
  readonly eventStore: EventStoreAttributes;
  /** Where subjects that it forgets are written down. @default - nowhere of the platform's */
  readonly deletedSubjects?: DeletedSubjectsPlace;
}

const { instances, healthCheck } = COMMAND_API_RULES;

const RULES: Rules<CommandApiProps> = {
  ...{ instances, healthCheck },
  ...BLUE_GREEN_RULES,
  ...SERVICE_PLACE_RULES,
  auth: isAuthConfig,
  eventStore: isEventStore,
  deletedSubjects: optional(isDeletedSubjectsPlace),
};

/** Takes commands, and appends what follows from them to the event store. NGINX sends them, from the namespace `ingress`. */
export class CommandApi extends Construct {
  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: CommandApiProps) {
    super(scope, id);
    props = checkProps(this, props, RULES, ONE_SOURCE);
    const service = SERVICES.commandApi;
    const { auth, healthCheck: path } = props;

    const pods = new ServicePods(this, "Pods", {
      ...props,
      service,
      variables: { ...props.variables, ...authVariables(auth), HTTP_PORT: `${PORTS.http}`, HEALTH_PATH: path },
      files: { [AUTH_FILE]: authDocument(auth) },
      stores: [
        eventStoreAccess(props.eventStore),
        ...fieldKeyAccess(props.fieldKey, "encrypts"),
        ...deletedSubjectsAccess(props.deletedSubjects, props.region),
      ],
      from: [FROM_NGINX],
    });
    new BlueGreen(this, "Releases", { ...props, service, pods, readiness: { path, port: "http" } });
  }
}
