import { randomBytes } from "node:crypto";

// A stand-in's, not Kurrent's: what is at Kurrent Cloud, in memory, by the shapes that its own clients read and write. Read from
// generated/src/mesdb/schemas.rs (Backup, Cluster, CreateBackupRequest, CreateClusterRequest) and generated/src/infra/schemas.rs
// (Network) of EventStore/esc, client/error.go (problemDetails) and client/cluster_initial_credentials.go of
// EventStore/terraform-provider-eventstorecloud. What locks a cluster, and what a restore is refused for, is as the page
// docs/cloud/ops/backups.md of kurrent-io/documentation has it; that a lock is answered with 409 is a guess, no source says.

export const ORGANIZATION_ID = "bt77lfqrh41scaatc180";
export const PROJECT_ID = "btfjev2rh41scaatc1k0";
export const CLUSTER_ID = "c1eut65o0aeu6ojco7a0";
export const NETWORK_ID = "c10dr5qrh41lbabqa2j0";

/** Where something that is being made ends. */
export type End = "available" | "defunct";

interface Made {
  readonly id: string;
  status: string;
  readonly description: string;
  readonly [name: string]: unknown;
}

/** Refused as by problem details: RFC 7807, with fields beside. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
  ) {
    super(title);
  }

  body(instance: string): object {
    const { status, title, detail } = this;
    return { type: "about:blank", title, status, detail, instance, fields: {} };
  }
}

export class CloudState {
  /** How often something that is being made is asked for before it is. */
  looksUntilMade = 2;
  /** Where the next ones end. */
  end: End = "available";
  readonly clusters = new Map<string, Made>();
  readonly backups = new Map<string, Made>();
  readonly networks = new Map<string, object>();
  /** What Kurrent made for a cluster's users, by its id; nothing where it has been cleared. */
  readonly firstPasswords = new Map<string, { readonly admin: string; readonly ops: string } | "cleared">();
  private readonly looks = new Map<string, number>();

  constructor() {
    this.networks.set(NETWORK_ID, {
      ...{ id: NETWORK_ID, projectId: PROJECT_ID, description: "events", created: "2026-01-01T00:00:00Z" },
      ...{
        provider: "aws",
        region: "eu-central-1",
        cidrBlock: "10.1.0.0/22",
        publicAccess: false,
        status: "available",
      },
    });
    this.addCluster({ id: CLUSTER_ID, description: "production-events", status: "available" });
  }

  addCluster(more: { readonly [name: string]: unknown } & { readonly description: string }): Made {
    const cluster: Made = {
      ...{ id: newId(), organizationId: ORGANIZATION_ID, projectId: PROJECT_ID, networkId: NETWORK_ID },
      ...{ provider: "aws", region: "eu-central-1", topology: "three-node-multi-zone", instanceType: "m32" },
      ...{ diskSizeGb: 1024, diskType: "gp3", diskIops: 3000, diskThroughput: 250, projectionLevel: "system" },
      ...{ serverVersion: "26.0", serverVersionTag: "26.0.3", protected: true, publicAccess: false, health: "ok" },
      ...{ canExpandDisk: true, cloudIntegratedAuthentication: false, patchAvailable: false },
      ...{ status: "provisioning", created: new Date().toISOString(), ...more },
    };
    this.clusters.set(cluster.id, cluster);
    return cluster;
  }

  addBackup(more: { readonly [name: string]: unknown } & { readonly description: string }): Made {
    const backup: Made = {
      ...{ id: newId(), projectId: PROJECT_ID, provider: "aws", region: "eu-central-1", sizeGb: 1024 },
      ...{ serverVersion: "26.0", serverVersionTag: "26.0.3", availableNodeCount: 3, sourceClusterId: CLUSTER_ID },
      ...{
        sourceClusterDescription: "production-events",
        status: "available",
        created: new Date().toISOString(),
        ...more,
      },
    };
    this.backups.set(backup.id, backup);
    return backup;
  }

  createBackup({ description, sourceClusterId }: Record<string, unknown>): object {
    const cluster = this.clusters.get(`${sourceClusterId}`);
    if (typeof description !== "string" || cluster === undefined)
      throw new Problem(400, "Invalid request", "description and sourceClusterId must be given");
    if (cluster.status !== "available") throw new Problem(412, "Precondition failed", `cluster is ${cluster.status}`);
    if ([...this.backups.values()].some((each) => each.status === "creating" && each.sourceClusterId === cluster.id))
      throw new Problem(409, "Conflict", "the cluster is locked by another operation");
    return { id: this.addBackup({ description, sourceClusterId: cluster.id, status: "creating" }).id };
  }

  createCluster(asked: Record<string, unknown>): object {
    const { description, sourceBackupId, diskSizeGb, networkId } = asked;
    const backup = this.backups.get(`${sourceBackupId}`);
    if (typeof description !== "string" || !this.networks.has(`${networkId}`))
      throw new Problem(400, "Invalid request", "description and networkId must be given");
    if (backup === undefined) throw new Problem(404, "Not found", "there is no such backup");
    if (backup.status !== "available") throw new Problem(412, "Precondition failed", `backup is ${backup.status}`);
    if (Number(diskSizeGb) < Number(backup.sizeGb))
      throw new Problem(400, "Invalid request", "diskSizeGb is too small");
    return { id: this.addCluster({ ...asked, description, id: newId(), sourceBackupId: undefined }).id };
  }

  /** One more look: what is being made may be made by it. */
  lookAt(made: Made): Made {
    if (made.status !== "creating" && made.status !== "provisioning") return made;
    const looks = (this.looks.get(made.id) ?? 0) + 1;
    this.looks.set(made.id, looks);
    if (looks >= this.looksUntilMade) made.status = this.end;
    return made;
  }
}

/** Like Kurrent's: 20 letters and digits. */
const newId = (): string => `c${randomBytes(10).toString("hex").slice(0, 19)}`;
