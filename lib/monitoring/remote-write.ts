import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { POD_RESOURCES } from "../config/pod-resources";
import { INGEST_NAME, type RemoteWriteConfig } from "../config/remote-write";
import { externalSecret } from "../kubernetes/external-secret";
import type { Manifest } from "../kubernetes/manifest-release";
import { NAMESPACES } from "../kubernetes/namespaces";
import type { KeyArns } from "../security/encryption-keys";
import { GeneratedLogin } from "../security/generated-login";
import { INGEST_PORTS } from "./ingest-ports";
import { MONITORING_SECRET_STORE } from "./monitoring-secrets";
import { PORTS } from "./pods";

/** Kubernetes' secrets: of those who take metrics, and of those who bring them. */
const SECRETS = {
  certificate: "prometheus-ingest-tls",
  users: "prometheus-ingest-users",
  sender: "remote-write",
} as const;
const USERS_KEY = "users";
const CA_KEY = "ca.crt";

/** Name of the secret of Secrets Manager with the user's password. */
const remoteWriteLogin = (environment: string): string => `${environment}/monitoring/remote-write`;

/** NGINX's own image for a user without rights. Its version is ours to raise. */
const IMAGE = "docker.io/nginxinc/nginx-unprivileged:1.30.5-alpine";
const CONTAINER = "ingest";
export const INGEST_FOLDERS = { tls: "/etc/ingest/tls", users: "/etc/ingest/users", scratch: "/tmp/ingest" } as const;
/** More than a request of Prometheus ever has: 2,000 samples. */
const BODY_LIMIT = "8m";

/**
 * NGINX's configuration: TLS, one user, and of Prometheus' API nothing but the path that takes samples. The certificate is
 * named by a variable, so that NGINX reads it at each handshake, and the users at each request: a changed secret needs no
 * restart. A wrong or missing password is answered with 503: Prometheus sends again what was answered so, and drops what was
 * refused, and the two sides read a changed password at different times. Prometheus can ask for a certificate by itself, but then all that asks it within the cluster needs one, too.
 */
export const INGEST_CONFIGURATION = `worker_processes 1;
pid ${INGEST_FOLDERS.scratch}/nginx.pid;
error_log stderr warn;
events { worker_connections 256; }
http {
  access_log off;
  server_tokens off;
  client_body_temp_path ${INGEST_FOLDERS.scratch}/body;
  proxy_temp_path ${INGEST_FOLDERS.scratch}/proxy;
  fastcgi_temp_path ${INGEST_FOLDERS.scratch}/fastcgi;
  uwsgi_temp_path ${INGEST_FOLDERS.scratch}/uwsgi;
  scgi_temp_path ${INGEST_FOLDERS.scratch}/scgi;
  map $host $tls { default ${INGEST_FOLDERS.tls}; }
  server {
    listen ${INGEST_PORTS.prometheus.container} ssl;
    ssl_certificate $tls/tls.crt;
    ssl_certificate_key $tls/tls.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    client_max_body_size ${BODY_LIMIT};
    client_body_buffer_size 1m;
    location / { return 404; }
    location = /api/v1/write {
      limit_except POST { deny all; }
      auth_basic "remote write";
      auth_basic_user_file ${INGEST_FOLDERS.users}/${USERS_KEY};
      proxy_pass http://127.0.0.1:${PORTS.prometheus};
      proxy_set_header Authorization "";
      error_page 401 403 =503 @retry;
    }
    location @retry { return 503; }
  }
}
`;

/** Values of `prometheusSpec` for a Prometheus that takes what another cluster brings. */
export const INGEST_VALUES = {
  enableRemoteWriteReceiver: true,
  containers: [
    {
      name: CONTAINER,
      image: IMAGE,
      // A changed configuration is a changed pod, which a ConfigMap's would not be.
      command: ["sh", "-c", 'printf "%s" "$CONFIGURATION" > "$0" && exec nginx -e stderr -c "$0" -g "daemon off;"'],
      args: [`${INGEST_FOLDERS.scratch}/nginx.conf`],
      env: [{ name: "CONFIGURATION", value: INGEST_CONFIGURATION }],
      ports: [{ name: CONTAINER, containerPort: INGEST_PORTS.prometheus.container }],
      livenessProbe: { tcpSocket: { port: INGEST_PORTS.prometheus.container }, periodSeconds: 10 },
      resources: POD_RESOURCES.remoteWriteReceiver,
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        capabilities: { drop: ["ALL"] },
        seccompProfile: { type: "RuntimeDefault" },
      },
      volumeMounts: [
        { name: `${CONTAINER}-tls`, mountPath: INGEST_FOLDERS.tls, readOnly: true },
        { name: `${CONTAINER}-users`, mountPath: INGEST_FOLDERS.users, readOnly: true },
        { name: `${CONTAINER}-scratch`, mountPath: INGEST_FOLDERS.scratch },
      ],
    },
  ],
  volumes: [
    // Prometheus starts without them, too: what the other cluster brings must not decide whether this one is watched.
    { name: `${CONTAINER}-tls`, secret: { secretName: SECRETS.certificate, optional: true } },
    { name: `${CONTAINER}-users`, secret: { secretName: SECRETS.users, optional: true } },
    { name: `${CONTAINER}-scratch`, emptyDir: { sizeLimit: "64Mi" } },
  ],
} as const;

/**
 * Each replica brings what it has to one of the other side's: both have all of it once. Two that wrote to one would
 * count everything double there, and one that wrote to both would be the only one that brings anything. `replicaLabel`
 * is the label by which the operator tells replicas apart in what they send elsewhere.
 */
export const remoteWrites = (host: string, replicas: number, replicaLabel: string): readonly object[] =>
  remoteWriteListeners(replicas).map((port, index) => ({
    name: `replica-${index}`,
    url: `https://${host}:${port}/api/v1/write`,
    basicAuth: {
      username: { name: SECRETS.sender, key: "username" },
      password: { name: SECRETS.sender, key: "password" },
    },
    // By whichever name it is reached.
    tlsConfig: { ca: { secret: { name: SECRETS.sender, key: CA_KEY } }, serverName: INGEST_NAME, minVersion: "TLS12" },
    writeRelabelConfigs: [
      { sourceLabels: [replicaLabel], regex: `.*-${index}`, action: "keep" },
      { regex: `prometheus|${replicaLabel}`, action: "labeldrop" },
    ],
  }));

/** Ports of the load balancer, one for each replica. */
export const remoteWriteListeners = (replicas: number): readonly number[] =>
  Array.from({ length: replicas }, (_, index) => INGEST_PORTS.prometheus.listener + index);

/** The only user that may bring metrics. */
export const addRemoteWriteLogin = (
  scope: Construct,
  environment: string,
  keys: Pick<KeyArns, "secrets">,
  { passwordVersion }: RemoteWriteConfig,
): ITerraformDependable =>
  new GeneratedLogin(scope, "RemoteWriteLogin", {
    name: remoteWriteLogin(environment),
    description: "Brings the write side's metrics to Prometheus",
    username: "remote-write",
    passwordVersion,
    keys,
  }).resource;

const inMonitoring = { namespace: NAMESPACES.monitoring, store: MONITORING_SECRET_STORE } as const;
const loginData = (environment: string) => {
  const secret = remoteWriteLogin(environment);
  return { username: { secret, property: "username" }, password: { secret, property: "password" } };
};

/** The Kubernetes secrets of the side that takes metrics: its certificate, and the users' file, as NGINX reads it. */
export const ingestSecrets = (environment: string, { certificate }: RemoteWriteConfig): readonly Manifest[] => [
  externalSecret({
    ...inMonitoring,
    name: SECRETS.certificate,
    type: "kubernetes.io/tls",
    data: {
      "tls.crt": { secret: certificate, property: "tls.crt" },
      "tls.key": { secret: certificate, property: "tls.key" },
    },
  }),
  externalSecret({
    ...inMonitoring,
    name: SECRETS.users,
    data: loginData(environment),
    // As it is: a hash with a salt would be another at each refresh, and the password is as secret as the file.
    template: { [USERS_KEY]: "{{ .username }}:{PLAIN}{{ .password }}" },
  }),
];

/** The Kubernetes secret of the side that brings them: as whom, and how it knows to whom. */
export const senderSecrets = (
  environment: string,
  { certificateAuthority }: RemoteWriteConfig,
): readonly Manifest[] => [
  externalSecret({
    ...inMonitoring,
    name: SECRETS.sender,
    data: { ...loginData(environment), [CA_KEY]: { secret: certificateAuthority, property: CA_KEY } },
  }),
];
