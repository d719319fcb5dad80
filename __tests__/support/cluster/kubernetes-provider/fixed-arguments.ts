const NAME = ["metadata.generate_name", "metadata.name"];
const NAMESPACED = [...NAME, "metadata.namespace"];

/** Arguments of a resource type that never change on an object that exists. */
export interface FixedArguments {
  /** A change replaces the object: `ForceNew` in the provider's schema. */
  readonly replaced: readonly string[];
  /** A change is planned in place, but no update sends it: each plan shows it again. */
  readonly neverSent: readonly string[];
}

/**
 * Fixed arguments by type, for the types that the platform uses. A path includes everything below it. Source: the schemas
 * and the update functions of hashicorp/kubernetes at 2.38.0. Not listed: parts of pod templates that no pod here uses.
 */
export const FIXED_ARGUMENTS: Readonly<Record<string, FixedArguments>> = {
  kubernetes_config_map_v1: { replaced: NAMESPACED, neverSent: [] },
  kubernetes_cron_job_v1: {
    replaced: [
      ...NAMESPACED,
      "spec.job_template.metadata.name",
      "spec.job_template.spec.completion_mode",
      "spec.job_template.spec.completions",
      "spec.job_template.spec.selector",
      "spec.job_template.spec.template",
    ],
    neverSent: [],
  },
  kubernetes_deployment_v1: { replaced: [...NAMESPACED, "spec.selector"], neverSent: [] },
  kubernetes_ingress_v1: { replaced: NAMESPACED, neverSent: [] },
  kubernetes_namespace_v1: { replaced: NAME, neverSent: [] },
  kubernetes_network_policy_v1: { replaced: NAMESPACED, neverSent: [] },
  kubernetes_service_account_v1: { replaced: NAMESPACED, neverSent: [] },
  kubernetes_service_v1: {
    replaced: [
      ...NAMESPACED,
      "spec.cluster_ip",
      "spec.cluster_ips",
      "spec.health_check_node_port",
      "spec.load_balancer_class",
    ],
    neverSent: [],
  },
  kubernetes_stateful_set_v1: {
    replaced: [
      ...NAMESPACED,
      "spec.pod_management_policy",
      "spec.revision_history_limit",
      "spec.selector",
      "spec.service_name",
      "spec.volume_claim_template",
    ],
    neverSent: [],
  },
  kubernetes_storage_class_v1: {
    replaced: [
      ...NAME,
      "allowed_topologies",
      "mount_options",
      "parameters",
      "storage_provisioner",
      "volume_binding_mode",
    ],
    neverSent: ["reclaim_policy"],
  },
};
