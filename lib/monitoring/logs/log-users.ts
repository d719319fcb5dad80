import { CHARTS } from "../../kubernetes/charts";
import { externalSecret } from "../../kubernetes/external-secret";
import type { Manifest } from "../../kubernetes/manifest-release";
import { ELASTIC_STACK_SERVICES } from "../elastic-stack";
import type { LogSource } from "../grafana";
import { MONITORING_SECRET_STORE } from "../monitoring-secrets";
import { LOG_STREAMS } from "./log-fields";

interface Role {
  readonly cluster: readonly string[];
  readonly indices: readonly { readonly names: readonly string[]; readonly privileges: readonly string[] }[];
}

/** Who does what with logs; each has a role of its own name. */
export const LOG_USERS = {
  "log-shipper": {
    description: "Ships logs to Elasticsearch",
    role: { cluster: [], indices: [{ names: [LOG_STREAMS], privileges: ["create_doc", "auto_configure"] }] },
  },
  "log-reader": {
    description: "Reads logs for Grafana",
    role: { cluster: ["monitor"], indices: [{ names: [LOG_STREAMS], privileges: ["read", "view_index_metadata"] }] },
  },
  "log-keeper": {
    description: "Tells Elasticsearch how long to keep logs",
    role: {
      cluster: [
        "monitor",
        "manage_index_templates",
        "manage_slm",
        "cluster:admin/repository/*",
        "cluster:admin/snapshot/*",
      ],
      indices: [
        { names: [LOG_STREAMS], privileges: ["manage", "manage_data_stream_lifecycle"] },
        { names: [".slm-history-*"], privileges: ["all"] },
      ],
    },
  },
} as const satisfies Readonly<Record<string, { readonly description: string; readonly role: Role }>>;

export type LogUser = keyof typeof LOG_USERS;

/** Names of the secrets of Secrets Manager with the users' passwords. */
export const loginOf = (environment: string, user: LogUser): string => `${environment}/monitoring/${user}`;

/** Kubernetes' secret of a user, in whichever namespace it is needed. */
export const loginSecret = (user: LogUser): string => `elasticsearch-${user}`;

/** Elasticsearch's own secret of all roles. */
export const ROLES_SECRET = "elasticsearch-roles";

/** The file of roles: JSON, which is YAML too, and has no braces in pairs that would be a template's. */
const rolesFile = (): string =>
  JSON.stringify(Object.fromEntries(Object.entries(LOG_USERS).map(([user, { role }]) => [user, role])), null, 1);

/** The roles, which are no secret, where Elasticsearch reads them: from a Kubernetes secret. */
export const rolesManifest = (environment: string, namespace: string): Manifest =>
  externalSecret({
    name: ROLES_SECRET,
    namespace,
    store: MONITORING_SECRET_STORE,
    // It must read something.
    data: { username: { secret: loginOf(environment, "log-keeper"), property: "username" } },
    template: { "roles.yml": rolesFile() },
  });

/** A user's login as a Kubernetes secret; Elasticsearch's own also says which role the user has. */
export const loginManifest = (environment: string, user: LogUser, namespace: string): Manifest => {
  const secret = loginOf(environment, user);
  return externalSecret({
    name: loginSecret(user),
    namespace,
    store: MONITORING_SECRET_STORE,
    type: "kubernetes.io/basic-auth",
    data: Object.fromEntries(
      ["username", "password", "roles"].map((property) => [property, { secret, property }] as const),
    ),
  });
};

/** Logs as Grafana asks for them. */
export const logSource = (environment: string, certificateAuthority: string): LogSource => ({
  url: `https://${ELASTIC_STACK_SERVICES.elasticsearch.name}.${CHARTS.eckStack.namespace}.svc:${ELASTIC_STACK_SERVICES.elasticsearch.port}`,
  index: LOG_STREAMS,
  login: loginOf(environment, "log-reader"),
  certificateAuthority,
});
