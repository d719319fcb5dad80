import { StorageClassV1 } from "@cdktf/provider-kubernetes/lib/storage-class-v1";
import { dependable, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { Generation } from "../core/generation";
import { checkProps, isTrueOrFalse, optional, type Rules, text } from "../core/rules";
import { type KeyArns, keysFor } from "../security/encryption-keys";

export interface Gp3StorageClassProps {
  /** The class's name in its cluster. */
  readonly name: string;
  /** Key of the volumes. */
  readonly keys: Pick<KeyArns, "volumes">;
  /**
   * Whether a volume outlives its claim. A change replaces the class. Claims and volumes that exist do not notice: a volume
   * keeps the policy that it was created with. @default true
   */
  readonly deletionProtection?: boolean;
}

const RULES: Rules<Gp3StorageClassProps> = {
  name: text("lower-case letters, digits, '-' and '.', at most 253", /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/),
  keys: keysFor("volumes"),
  deletionProtection: optional(isTrueOrFalse),
};

/**
 * Volumes of pods: gp3, encrypted with our key, made in the zone where the pod is, and able to grow. Kubernetes has no
 * other guard than the volume that stays: a namespace that goes takes its claims along, in one run and unasked.
 */
export class Gp3StorageClass extends Construct {
  /**
   * Not a token, so that chart values stay plain; what uses it depends on `resource`. It never depends on another setting:
   * Kubernetes lets no claim change its class, and Elastic's operator no claim template.
   */
  readonly name: string;
  readonly resource: ITerraformDependable;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: Gp3StorageClassProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const { name, keys, deletionProtection = true } = props;
    const reclaimPolicy = deletionProtection ? "Retain" : "Delete";
    // The provider plans another policy in place, but never sends it: each later plan would show it again.
    const generation = new Generation(this, "Generation", { reclaimPolicy });

    this.name = name;
    this.resource = new StorageClassV1(this, "Resource", {
      metadata: { name },
      storageProvisioner: "ebs.csi.aws.com",
      // The provider's default is Immediate: a volume in a zone where the pod may never run.
      volumeBindingMode: "WaitForFirstConsumer",
      allowVolumeExpansion: true,
      reclaimPolicy,
      // Tags are the driver's to give (`KubernetesCluster`): a changed parameter replaces the class.
      parameters: { type: "gp3", encrypted: "true", kmsKeyId: keys.volumes },
      lifecycle: { replaceTriggeredBy: [dependable(generation.resource)] },
    });
  }
}
