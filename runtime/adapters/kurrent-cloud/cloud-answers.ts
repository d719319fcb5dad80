import type { ManagedBackup, ManagedCluster, ManagedNetwork } from "../../recovery/managed/managed-clusters";
import { PassingFailure } from "./cloud-request";

/*
 * What Kurrent Cloud answers, as its own clients read it: kurrent-io/esc, generated/src/{mesdb,infra}/schemas.rs, and
 * kurrent-io/terraform-provider-kurrentcloud, client. What comes is believed only so far as it is what it should be.
 */

/** A part of an answer, which knows where it is. */
class Part {
  constructor(
    private readonly value: unknown,
    private readonly path: string,
  ) {}

  text(name: string): string {
    const value = this.of(name);
    return typeof value === "string" ? value : this.fail(name, "a text");
  }

  number(name: string): number {
    const value = this.of(name);
    return typeof value === "number" && Number.isFinite(value) ? value : this.fail(name, "a number");
  }

  date(name: string): Date {
    const date = new Date(this.text(name));
    return Number.isNaN(date.getTime()) ? this.fail(name, "a time") : date;
  }

  /** Go's client takes what isn't there for zero, and writes it so. */
  numberIfAny(name: string): number | undefined {
    const value = this.of(name);
    return value === undefined || value === null || value === 0 ? undefined : this.number(name);
  }

  textIfAny(name: string): string | undefined {
    const value = this.of(name);
    return value === undefined || value === null || value === "" ? undefined : this.text(name);
  }

  flag(name: string): boolean {
    return this.of(name) === true;
  }

  part(name: string): Part {
    return new Part(this.of(name), `${this.path}.${name}`);
  }

  parts(name: string): readonly Part[] {
    const value = this.of(name);
    if (!Array.isArray(value)) return this.fail(name, "a list");
    return value.map((each, index) => new Part(each, `${this.path}.${name}[${index}]`));
  }

  private of(name: string): unknown {
    return Object(this.value)[name];
  }

  private fail(name: string, what: string): never {
    throw new PassingFailure(`${this.path}.${name}: must be ${what}, got something else`, false);
  }
}

/** @throws {PassingFailure} for what is no JSON: a gateway's page, or half an answer. */
export function answerOf(body: string): Part {
  try {
    return new Part(JSON.parse(body), "answer");
  } catch {
    throw new PassingFailure("answer: must be JSON, got something else", false);
  }
}

export const idIn = (answer: Part): string => answer.text("id");
export const clusterIn = (answer: Part): ManagedCluster => clusterOf(answer.part("cluster"));
export const clustersIn = (answer: Part): readonly ManagedCluster[] => answer.parts("clusters").map(clusterOf);
export const backupIn = (answer: Part): ManagedBackup => backupOf(answer.part("backup"));
export const backupsIn = (answer: Part): readonly ManagedBackup[] => answer.parts("backups").map(backupOf);

export function networkIn(answer: Part): ManagedNetwork {
  const network = answer.part("network");
  return {
    id: network.text("id"),
    provider: network.text("provider"),
    region: network.text("region"),
    status: network.text("status"),
  };
}

/** Passwords that Kurrent made for a new cluster's users. */
export interface FirstPasswords {
  readonly admin: string;
  readonly ops: string;
}

export const firstPasswordsIn = (answer: Part): FirstPasswords => ({
  admin: answer.text("adminPassword"),
  ops: answer.text("opsPassword"),
});

function clusterOf(cluster: Part): ManagedCluster {
  return {
    id: cluster.text("id"),
    description: cluster.text("description"),
    status: cluster.text("status"),
    created: cluster.date("created"),
    provider: cluster.text("provider"),
    region: cluster.text("region"),
    networkId: cluster.text("networkId"),
    topology: cluster.text("topology"),
    instanceType: cluster.text("instanceType"),
    diskType: cluster.text("diskType"),
    diskSizeGb: cluster.number("diskSizeGb"),
    diskIops: cluster.numberIfAny("diskIops"),
    diskThroughput: cluster.numberIfAny("diskThroughput"),
    serverVersion: cluster.text("serverVersion"),
    projectionLevel: cluster.text("projectionLevel"),
    publicAccess: cluster.flag("publicAccess"),
    aclId: cluster.textIfAny("aclId"),
    protected: cluster.flag("protected"),
  };
}

function backupOf(backup: Part): ManagedBackup {
  return {
    id: backup.text("id"),
    clusterId: backup.text("sourceClusterId"),
    clusterName: backup.text("sourceClusterDescription"),
    description: backup.text("description"),
    status: backup.text("status"),
    created: backup.date("created"),
    sizeGb: backup.number("sizeGb"),
    serverVersion: backup.text("serverVersion"),
    provider: backup.text("provider"),
    region: backup.text("region"),
  };
}
