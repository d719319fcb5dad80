import { ANY, type Metric } from "./metric";

const CLUSTER = { cluster: ANY } as const;
const TRUTH = ["true", "false", "unknown"] as const;
const RESOURCE = ["cpu", "memory", "pods", "ephemeral_storage"] as const;

/** Of kube-state-metrics 2.20, the kubelet and its cAdvisor, as kube-prometheus-stack scrapes them. */
export const KUBERNETES_METRICS = {
  kube_deployment_spec_replicas: {
    type: "gauge",
    help: "Pods that a deployment is to have",
    labels: { ...CLUSTER, deployment: ANY },
  },
  kube_deployment_status_replicas_available: {
    type: "gauge",
    help: "Pods of a deployment that take work",
    labels: { ...CLUSTER, deployment: ANY },
  },
  kube_statefulset_replicas: {
    type: "gauge",
    help: "Pods that a stateful set is to have",
    labels: { ...CLUSTER, statefulset: ANY },
  },
  kube_statefulset_status_replicas_ready: {
    type: "gauge",
    help: "Pods of a stateful set that are ready",
    labels: { ...CLUSTER, statefulset: ANY },
  },
  kube_pod_container_status_restarts_total: {
    type: "counter",
    help: "Restarts of a container",
    labels: { ...CLUSTER, uid: ANY },
  },
  kube_pod_container_resource_requests: {
    type: "gauge",
    help: "What a container asks for",
    labels: { ...CLUSTER, uid: ANY, node: ANY, resource: RESOURCE, unit: ["core", "byte"] },
  },
  kube_horizontalpodautoscaler_spec_min_replicas: {
    type: "gauge",
    help: "Pods that an autoscaler goes down to",
    labels: { ...CLUSTER, horizontalpodautoscaler: ANY },
  },
  kube_horizontalpodautoscaler_spec_max_replicas: {
    type: "gauge",
    help: "Pods that an autoscaler goes up to",
    labels: { ...CLUSTER, horizontalpodautoscaler: ANY },
  },
  kube_horizontalpodautoscaler_status_current_replicas: {
    type: "gauge",
    help: "Pods that an autoscaler's target has",
    labels: { ...CLUSTER, horizontalpodautoscaler: ANY },
  },
  kube_cronjob_status_last_successful_time: {
    type: "gauge",
    help: "When a job of a cron job last succeeded, in seconds since 1970",
    labels: { ...CLUSTER, cronjob: ANY },
  },
  kube_job_failed: {
    type: "gauge",
    help: "1 for the answer to whether a job has failed",
    labels: { ...CLUSTER, job_name: ANY, condition: TRUTH },
  },
  kube_job_status_start_time: {
    type: "gauge",
    help: "When a job began, in seconds since 1970",
    labels: { ...CLUSTER, job_name: ANY },
  },
  kube_node_created: {
    type: "gauge",
    help: "When a node was made, in seconds since 1970",
    labels: { ...CLUSTER, node: ANY },
  },
  kube_node_info: { type: "gauge", help: "1 for each node", labels: { ...CLUSTER, node: ANY } },
  kube_node_labels: {
    type: "gauge",
    help: "1 for each node, with those of its labels that are asked for",
    labels: { ...CLUSTER, node: ANY, label_node_kubernetes_io_instance_type: ANY },
  },
  kube_node_status_condition: {
    type: "gauge",
    help: "1 for the state that a node is in",
    labels: {
      ...CLUSTER,
      node: ANY,
      condition: ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"],
      status: TRUTH,
    },
  },
  kube_node_status_allocatable: {
    type: "gauge",
    help: "What a node has for pods",
    labels: { ...CLUSTER, node: ANY, resource: RESOURCE, unit: ["core", "byte", "integer"] },
  },
  kube_persistentvolumeclaim_resource_requests_storage_bytes: {
    type: "gauge",
    help: "Bytes that a claim asks for",
    labels: { ...CLUSTER, persistentvolumeclaim: ANY },
  },
  kubelet_volume_stats_available_bytes: {
    type: "gauge",
    help: "Bytes that are free in a pod's volume",
    labels: { ...CLUSTER, node: ANY, metrics_path: ANY, persistentvolumeclaim: ANY },
  },
  kubelet_volume_stats_capacity_bytes: {
    type: "gauge",
    help: "Bytes that a pod's volume holds",
    labels: { ...CLUSTER, node: ANY, metrics_path: ANY, persistentvolumeclaim: ANY },
  },
  container_cpu_usage_seconds_total: {
    type: "counter",
    help: "Seconds of CPU that a container used",
    labels: { ...CLUSTER, node: ANY, metrics_path: ANY, image: ANY, id: ANY, name: ANY, cpu: ANY },
  },
  container_memory_working_set_bytes: {
    type: "gauge",
    help: "Bytes of memory that a container holds",
    labels: { ...CLUSTER, node: ANY, metrics_path: ANY, image: ANY, id: ANY, name: ANY },
  },
  node_filesystem_avail_bytes: {
    type: "gauge",
    help: "Bytes that are free in a node's file system",
    labels: { ...CLUSTER, device: ANY, mountpoint: ANY, fstype: ANY, device_error: ANY },
  },
  node_filesystem_size_bytes: {
    type: "gauge",
    help: "Bytes that a node's file system holds",
    labels: { ...CLUSTER, device: ANY, mountpoint: ANY, fstype: ANY, device_error: ANY },
  },
} as const satisfies Readonly<Record<string, Metric>>;
