import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { Fn, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { POD_RESOURCES } from "../../config/pod-resources";
import { literal } from "../../core/literal";
import { CHARTS } from "../../kubernetes/charts";
import { ManifestRelease } from "../../kubernetes/manifest-release";
import { ELASTIC_STACK_SERVICES, ELASTIC_VERSION } from "../elastic-stack";
import { LOG_LIFECYCLE } from "../pods";
import { type LifecycleProps, logLifecycle } from "./log-lifecycle";
import { loginSecret } from "./log-users";

export interface LogLifecycleJobProps extends LifecycleProps {
  /** Kubernetes secret with the `ca.crt` of Elasticsearch's certificate. */
  readonly certificateAuthority: string;
  /** What must stand before it: Elasticsearch, and its users. */
  readonly dependsOn: readonly ITerraformDependable[];
}

const NAME = "log-lifecycle";
const RUN = "run.sh";
const HASH_LENGTH = 8;
const { namespace } = CHARTS.eckStack;
const ADDRESS = `https://${ELASTIC_STACK_SERVICES.elasticsearch.name}.${namespace}.svc:${ELASTIC_STACK_SERVICES.elasticsearch.port}`;
const FOLDERS = { steps: "/steps", certificate: "/certificate", scratch: "/tmp" } as const;
/** Of Elasticsearch's own image: it runs as this user. */
const USER = 1000;
/** New nodes, their volumes and the first election, and some more. */
const DEADLINE_SECONDS = 1200;

/** Waits for Elasticsearch, and tells it one step after another; what is refused ends it, with Elasticsearch's own words. */
const SCRIPT = `set -eu
printf 'user = "%s:%s"\\n' "$ES_USER" "$ES_PASSWORD" > ${FOLDERS.scratch}/login
ask() { curl --silent --show-error --config ${FOLDERS.scratch}/login --cacert ${FOLDERS.certificate}/ca.crt "$@"; }
until ask --fail --output /dev/null --max-time 40 "${ADDRESS}/_cluster/health?wait_for_status=yellow&timeout=30s"; do
  echo "Elasticsearch is not ready"
  sleep 5
done
for step in ${FOLDERS.steps}/*.json; do
  path=$(cat "\${step%.json}.path")
  optional=$(cat "\${step%.json}.optional")
  status=$(ask --output ${FOLDERS.scratch}/answer --write-out '%{http_code}' --request PUT \\
    --header 'Content-Type: application/json' --data-binary "@$step" "${ADDRESS}/$path")
  echo "$status $path"
  case "$status" in
    2*) ;;
    404) [ "$optional" = true ] || { cat ${FOLDERS.scratch}/answer; exit 1; } ;;
    *) cat ${FOLDERS.scratch}/answer; exit 1 ;;
  esac
done
`;

/**
 * Tells Elasticsearch how long logs are kept, what their fields are and where snapshots go: of all this its operator
 * knows nothing without a licence. It runs again when anything of it changes, and a deployment waits for it.
 */
export class LogLifecycleJob extends Construct {
  /** Pass it to `dependsOn` of what writes lines: a stream that they made before would have other fields, and no end. */
  readonly resource: ITerraformDependable;

  constructor(scope: Construct, id: string, { certificateAuthority, dependsOn, ...props }: LogLifecycleJobProps) {
    super(scope, id);
    const documents = logLifecycle(props).flatMap(({ path, document, isOptional = false }, index) => [
      [`${index}.json`, literal(JSON.stringify(document))],
      [`${index}.path`, path],
      [`${index}.optional`, `${isOptional}`],
    ]);
    const steps = new ConfigMapV1(this, "Steps", {
      metadata: { name: NAME, namespace },
      data: { ...Object.fromEntries(documents), [RUN]: literal(SCRIPT) },
      dependsOn: [...dependsOn],
    });
    // What it does can't be changed in one that has run: another hash is another job.
    const name = `${NAME}-${Fn.substr(Fn.sha256(Fn.jsonencode(steps.data)), 0, HASH_LENGTH)}`;
    this.resource = new ManifestRelease(this, "Resource", {
      name: NAME,
      namespace,
      manifests: [
        {
          apiVersion: "batch/v1",
          kind: "Job",
          metadata: { name },
          spec: {
            backoffLimit: 3,
            activeDeadlineSeconds: DEADLINE_SECONDS,
            template: {
              metadata: { labels: { ...LOG_LIFECYCLE.labels } },
              spec: podOf(certificateAuthority),
            },
          },
        },
      ],
      waitForJobs: true,
      timeoutSeconds: DEADLINE_SECONDS,
      dependsOn: [steps],
    }).resource;
  }
}

const podOf = (certificateAuthority: string) => ({
  restartPolicy: "Never",
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: USER,
    runAsGroup: USER,
    fsGroup: USER,
    seccompProfile: { type: "RuntimeDefault" },
  },
  containers: [
    {
      name: NAME,
      image: `docker.elastic.co/elasticsearch/elasticsearch:${ELASTIC_VERSION}`,
      command: ["bash", `${FOLDERS.steps}/${RUN}`],
      env: [
        { name: "ES_USER", valueFrom: login("username") },
        { name: "ES_PASSWORD", valueFrom: login("password") },
      ],
      resources: POD_RESOURCES.logLifecycle,
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      },
      volumeMounts: [
        { name: "steps", mountPath: FOLDERS.steps, readOnly: true },
        { name: "certificate", mountPath: FOLDERS.certificate, readOnly: true },
        { name: "scratch", mountPath: FOLDERS.scratch },
      ],
    },
  ],
  volumes: [
    { name: "steps", configMap: { name: NAME } },
    { name: "certificate", secret: { secretName: certificateAuthority, items: [{ key: "ca.crt", path: "ca.crt" }] } },
    { name: "scratch", emptyDir: { sizeLimit: "16Mi" } },
  ],
});

const login = (key: "username" | "password") => ({ secretKeyRef: { name: loginSecret("log-keeper"), key } });
