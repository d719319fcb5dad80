import { Construct } from "constructs";
import { COMMAND_API_RULES, type QueryApiConfig } from "../config/architecture";
import { type AuthConfig, authDocument, isAuthConfig } from "../config/auth";
import { BLUE_GREEN_RULES, type BlueGreenConfig, ONE_SOURCE } from "../config/services";
import { checkProps, type Rules } from "../core/rules";
import { AUTH_FILE, authVariables } from "./auth-document";
import { BlueGreen } from "./blue-green";
import { fieldKeyAccess } from "./field-key-access";
import { isReadModels, type ReadModels, readModelAccess } from "./read-model-access";
import { FROM_NGINX, SERVICE_PLACE_RULES, type ServicePlace, ServicePods } from "./service-pods";
import { PORTS, QUERY_HEALTH_CHECK, SERVICES } from "./services";

export interface QueryApiProps extends Pick<QueryApiConfig, "instances">, BlueGreenConfig, ServicePlace {
  /** Who may ask which query. */
  readonly auth: AuthConfig;
  readonly readModels: ReadModels;
}

const RULES: Rules<QueryApiProps> = {
  instances: COMMAND_API_RULES.instances,
  ...BLUE_GREEN_RULES,
  ...SERVICE_PLACE_RULES,
  auth: isAuthConfig,
  readModels: isReadModels,
};

/** Its user of the database, who may read. */
const DATABASE_USER = "query_api";

/** Answers queries from the read models: from the replicas and the cache. */
export class QueryApi extends Construct {
  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: QueryApiProps) {
    super(scope, id);
    props = checkProps(this, props, RULES, ONE_SOURCE);
    const service = SERVICES.queryApi;
    const { auth, region } = props;
    const path = QUERY_HEALTH_CHECK;

    const pods = new ServicePods(this, "Pods", {
      ...props,
      service,
      variables: { ...props.variables, ...authVariables(auth), HTTP_PORT: `${PORTS.http}`, HEALTH_PATH: path },
      files: { [AUTH_FILE]: authDocument(auth) },
      stores: [
        readModelAccess(this, props.readModels, { user: DATABASE_USER, region, reach: "replicas" }),
        ...fieldKeyAccess(props.fieldKey, "decrypts"),
      ],
      from: [FROM_NGINX],
    });
    new BlueGreen(this, "Releases", { ...props, service, pods, readiness: { path, port: "http" } });
  }
}
