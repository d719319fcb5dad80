import {
  type Block,
  integer,
  labelSelector,
  many,
  metadata,
  NO_DEFAULT,
  namespacedMetadata,
  OWN,
  one,
  pointer,
  templateMetadata,
  value,
} from "./blocks";
import { podSpec } from "./pod-blocks";

/** A resource type of the provider, and the kind of object that it is. */
export interface ResourceType {
  readonly apiVersion: string;
  readonly kind: string;
  readonly block: Block;
}

const replicas = value(undefined, { parsed: integer });

/** Pods of a workload that keeps them running. */
const podTemplate = one({ metadata: templateMetadata, spec: one(podSpec("Always")) });

const JOB_SPEC: Block = {
  active_deadline_seconds: value(),
  backoff_limit: pointer(6),
  backoff_limit_per_index: pointer(),
  completion_mode: value(),
  completions: value(1),
  manual_selector: pointer(false),
  max_failed_indexes: pointer(),
  parallelism: pointer(1),
  template: one({ metadata, spec: one(podSpec("Never")) }),
  ttl_seconds_after_finished: value(undefined, { parsed: integer }),
};

const NETWORK_PEER: Block = {
  ip_block: one({ cidr: value(), except: value() }),
  namespace_selector: labelSelector(),
  pod_selector: labelSelector(),
};
const NETWORK_PORTS = many(
  { end_port: value(), port: value(undefined, { parsed: integer }), protocol: value("TCP") },
  "ports",
);

/** The types that the platform uses. */
export const RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
  kubernetes_config_map_v1: {
    apiVersion: "v1",
    kind: "ConfigMap",
    block: { metadata: namespacedMetadata, binary_data: value(), data: value(), immutable: pointer(false) },
  },
  kubernetes_cron_job_v1: {
    apiVersion: "batch/v1",
    kind: "CronJob",
    block: {
      metadata: namespacedMetadata,
      spec: one({
        concurrency_policy: value("Allow"),
        failed_jobs_history_limit: pointer(),
        job_template: one({ metadata: templateMetadata, spec: one(JOB_SPEC) }),
        schedule: value(),
        starting_deadline_seconds: value(),
        successful_jobs_history_limit: pointer(),
        suspend: pointer(false),
        timezone: value(undefined, { field: "timeZone" }),
      }),
    },
  },
  kubernetes_deployment_v1: {
    apiVersion: "apps/v1",
    kind: "Deployment",
    block: {
      metadata: namespacedMetadata,
      spec: one({
        min_ready_seconds: value(),
        paused: value(),
        progress_deadline_seconds: pointer(600),
        replicas,
        revision_history_limit: pointer(10),
        selector: labelSelector(),
        strategy: one({
          rolling_update: one({
            max_surge: pointer("25%", { parsed: integer }),
            max_unavailable: pointer("25%", { parsed: integer }),
          }),
          type: value("RollingUpdate"),
        }),
        template: podTemplate,
      }),
      wait_for_rollout: OWN,
    },
  },
  kubernetes_ingress_v1: {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    block: {
      metadata: namespacedMetadata,
      spec: one({
        ingress_class_name: value(),
        rule: many(
          {
            host: value(),
            http: one({
              path: many(
                {
                  backend: one({ service: one({ name: value(), port: one({ name: value(), number: value() }) }) }),
                  path: value(),
                  path_type: pointer("ImplementationSpecific", { overrides: NO_DEFAULT }),
                },
                "paths",
              ),
            }),
          },
          "rules",
        ),
        tls: many({ hosts: value(), secret_name: value() }, "tls"),
      }),
      wait_for_load_balancer: OWN,
    },
  },
  kubernetes_namespace_v1: {
    apiVersion: "v1",
    kind: "Namespace",
    block: { metadata, wait_for_default_service_account: OWN },
  },
  kubernetes_network_policy_v1: {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    block: {
      metadata: namespacedMetadata,
      spec: one({
        egress: many({ ports: NETWORK_PORTS, to: many(NETWORK_PEER, "to") }, "egress"),
        ingress: many({ from: many(NETWORK_PEER, "from"), ports: NETWORK_PORTS }, "ingress"),
        pod_selector: labelSelector(),
        policy_types: value(),
      }),
    },
  },
  kubernetes_service_account_v1: {
    apiVersion: "v1",
    kind: "ServiceAccount",
    block: { metadata: namespacedMetadata, automount_service_account_token: pointer(true) },
  },
  kubernetes_service_v1: {
    apiVersion: "v1",
    kind: "Service",
    block: {
      metadata: namespacedMetadata,
      spec: one({
        // Sent for load balancers alone, and of those the platform has none within a cluster.
        allocate_load_balancer_node_ports: pointer(),
        cluster_ip: value(undefined, { field: "clusterIP" }),
        cluster_ips: value(undefined, { field: "clusterIPs" }),
        external_ips: value(undefined, { field: "externalIPs" }),
        external_name: value(),
        external_traffic_policy: value(),
        health_check_node_port: value(),
        internal_traffic_policy: value(),
        ip_families: value(),
        ip_family_policy: value(),
        load_balancer_class: value(),
        load_balancer_ip: value(undefined, { field: "loadBalancerIP" }),
        load_balancer_source_ranges: value(),
        port: many(
          {
            app_protocol: value(),
            name: value(),
            node_port: value(),
            port: value(),
            protocol: value("TCP"),
            target_port: value(undefined, { parsed: integer }),
          },
          "ports",
        ),
        publish_not_ready_addresses: value(),
        selector: value(),
        session_affinity: value("None"),
        type: value("ClusterIP"),
      }),
      wait_for_load_balancer: OWN,
    },
  },
  kubernetes_stateful_set_v1: {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    block: {
      metadata: namespacedMetadata,
      spec: one({
        min_ready_seconds: value(),
        persistent_volume_claim_retention_policy: one(
          { when_deleted: value("Retain"), when_scaled: value("Retain") },
          { absent: {} },
        ),
        pod_management_policy: value(),
        replicas,
        revision_history_limit: pointer(0, { overrides: "10" }),
        selector: labelSelector(),
        service_name: value(),
        template: podTemplate,
        update_strategy: one({
          rolling_update: one({ partition: pointer(0) }),
          type: value("RollingUpdate"),
        }),
      }),
      wait_for_rollout: OWN,
    },
  },
  kubernetes_storage_class_v1: {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    block: {
      metadata,
      allow_volume_expansion: pointer(true, { overrides: "false" }),
      mount_options: value(),
      parameters: value(),
      reclaim_policy: value("Delete"),
      storage_provisioner: value(undefined, { field: "provisioner" }),
      volume_binding_mode: value("Immediate"),
    },
  },
};
