// generated from terraform resource schema

import { Construct } from 'constructs';
import * as cdktf from 'cdktf';

// Configuration

export interface ManagedClusterConfig extends cdktf.TerraformMetaArguments {
  readonly aclId?: string;
  readonly diskIops?: number;
  readonly diskSize: number;
  readonly diskThroughput?: number;
  readonly diskType: string;
  readonly id?: string;
  readonly instanceType: string;
  readonly name: string;
  readonly networkId: string;
  readonly projectId: string;
  readonly projectionLevel?: string;
  readonly protected?: boolean | cdktf.IResolvable;
  readonly publicAccess?: boolean | cdktf.IResolvable;
  readonly serverVersion: string;
  readonly serverVersionTag?: string;
  readonly topology: string;
}

/**
* Represents a kurrentcloud_managed_cluster
*/
export class ManagedCluster extends cdktf.TerraformResource {

  // =================
  // STATIC PROPERTIES
  // =================
  public static readonly tfResourceType = "kurrentcloud_managed_cluster";

  // ==============
  // STATIC Methods
  // ==============
  /**
  * Generates CDKTF code for importing a ManagedCluster resource upon running "cdktf plan <stack-name>"
  * @param scope The scope in which to define this construct
  * @param importToId The construct id used in the generated config for the ManagedCluster to import
  * @param importFromId The id of the existing ManagedCluster that should be imported. Refer to the import section in the documentation of this resource for the id to use
  * @param provider? Optional instance of the provider where the ManagedCluster to import is found
  */
  public static generateConfigForImport(scope: Construct, importToId: string, importFromId: string, provider?: cdktf.TerraformProvider) {
        return new cdktf.ImportableResource(scope, importToId, { terraformResourceType: "kurrentcloud_managed_cluster", importId: importFromId, provider });
      }

  // ===========
  // INITIALIZER
  // ===========

  /**
  * Create a new kurrentcloud_managed_cluster Resource
  *
  * @param scope The scope in which to define this construct
  * @param id The scoped construct ID. Must be unique amongst siblings in the same scope
  * @param options ManagedClusterConfig
  */
  public constructor(scope: Construct, id: string, config: ManagedClusterConfig) {
    super(scope, id, {
      terraformResourceType: 'kurrentcloud_managed_cluster',
      terraformGeneratorMetadata: {
        providerName: 'kurrentcloud',
        providerVersion: '3.1.0',
        providerVersionConstraint: '3.1.0'
      },
      provider: config.provider,
      dependsOn: config.dependsOn,
      count: config.count,
      lifecycle: config.lifecycle,
      provisioners: config.provisioners,
      connection: config.connection,
      forEach: config.forEach
    });
    this._aclId = config.aclId;
    this._diskIops = config.diskIops;
    this._diskSize = config.diskSize;
    this._diskThroughput = config.diskThroughput;
    this._diskType = config.diskType;
    this._id = config.id;
    this._instanceType = config.instanceType;
    this._name = config.name;
    this._networkId = config.networkId;
    this._projectId = config.projectId;
    this._projectionLevel = config.projectionLevel;
    this._protected = config.protected;
    this._publicAccess = config.publicAccess;
    this._serverVersion = config.serverVersion;
    this._serverVersionTag = config.serverVersionTag;
    this._topology = config.topology;
  }

  // ==========
  // ATTRIBUTES
  // ==========

  // acl_id - computed: false, optional: true, required: false
  private _aclId?: string;
  public get aclId() {
    return this.getStringAttribute('acl_id');
  }
  public set aclId(value: string) {
    this._aclId = value;
  }
  public resetAclId() {
    this._aclId = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get aclIdInput() {
    return this._aclId;
  }

  // disk_iops - computed: false, optional: true, required: false
  private _diskIops?: number;
  public get diskIops() {
    return this.getNumberAttribute('disk_iops');
  }
  public set diskIops(value: number) {
    this._diskIops = value;
  }
  public resetDiskIops() {
    this._diskIops = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get diskIopsInput() {
    return this._diskIops;
  }

  // disk_size - computed: false, optional: false, required: true
  private _diskSize?: number;
  public get diskSize() {
    return this.getNumberAttribute('disk_size');
  }
  public set diskSize(value: number) {
    this._diskSize = value;
  }
  // Temporarily expose input value. Use with caution.
  public get diskSizeInput() {
    return this._diskSize;
  }

  // disk_throughput - computed: false, optional: true, required: false
  private _diskThroughput?: number;
  public get diskThroughput() {
    return this.getNumberAttribute('disk_throughput');
  }
  public set diskThroughput(value: number) {
    this._diskThroughput = value;
  }
  public resetDiskThroughput() {
    this._diskThroughput = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get diskThroughputInput() {
    return this._diskThroughput;
  }

  // disk_type - computed: false, optional: false, required: true
  private _diskType?: string;
  public get diskType() {
    return this.getStringAttribute('disk_type');
  }
  public set diskType(value: string) {
    this._diskType = value;
  }
  // Temporarily expose input value. Use with caution.
  public get diskTypeInput() {
    return this._diskType;
  }

  // dns_name - computed: true, optional: false, required: false
  public get dnsName() {
    return this.getStringAttribute('dns_name');
  }

  // id - computed: true, optional: true, required: false
  private _id?: string;
  public get id() {
    return this.getStringAttribute('id');
  }
  public set id(value: string) {
    this._id = value;
  }
  public resetId() {
    this._id = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get idInput() {
    return this._id;
  }

  // instance_type - computed: false, optional: false, required: true
  private _instanceType?: string;
  public get instanceType() {
    return this.getStringAttribute('instance_type');
  }
  public set instanceType(value: string) {
    this._instanceType = value;
  }
  // Temporarily expose input value. Use with caution.
  public get instanceTypeInput() {
    return this._instanceType;
  }

  // name - computed: false, optional: false, required: true
  private _name?: string;
  public get name() {
    return this.getStringAttribute('name');
  }
  public set name(value: string) {
    this._name = value;
  }
  // Temporarily expose input value. Use with caution.
  public get nameInput() {
    return this._name;
  }

  // network_id - computed: false, optional: false, required: true
  private _networkId?: string;
  public get networkId() {
    return this.getStringAttribute('network_id');
  }
  public set networkId(value: string) {
    this._networkId = value;
  }
  // Temporarily expose input value. Use with caution.
  public get networkIdInput() {
    return this._networkId;
  }

  // project_id - computed: false, optional: false, required: true
  private _projectId?: string;
  public get projectId() {
    return this.getStringAttribute('project_id');
  }
  public set projectId(value: string) {
    this._projectId = value;
  }
  // Temporarily expose input value. Use with caution.
  public get projectIdInput() {
    return this._projectId;
  }

  // projection_level - computed: false, optional: true, required: false
  private _projectionLevel?: string;
  public get projectionLevel() {
    return this.getStringAttribute('projection_level');
  }
  public set projectionLevel(value: string) {
    this._projectionLevel = value;
  }
  public resetProjectionLevel() {
    this._projectionLevel = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get projectionLevelInput() {
    return this._projectionLevel;
  }

  // protected - computed: false, optional: true, required: false
  private _protected?: boolean | cdktf.IResolvable;
  public get protected() {
    return this.getBooleanAttribute('protected');
  }
  public set protected(value: boolean | cdktf.IResolvable) {
    this._protected = value;
  }
  public resetProtected() {
    this._protected = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get protectedInput() {
    return this._protected;
  }

  // public_access - computed: false, optional: true, required: false
  private _publicAccess?: boolean | cdktf.IResolvable;
  public get publicAccess() {
    return this.getBooleanAttribute('public_access');
  }
  public set publicAccess(value: boolean | cdktf.IResolvable) {
    this._publicAccess = value;
  }
  public resetPublicAccess() {
    this._publicAccess = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get publicAccessInput() {
    return this._publicAccess;
  }

  // region - computed: true, optional: false, required: false
  public get region() {
    return this.getStringAttribute('region');
  }

  // resource_provider - computed: true, optional: false, required: false
  public get resourceProvider() {
    return this.getStringAttribute('resource_provider');
  }

  // server_version - computed: false, optional: false, required: true
  private _serverVersion?: string;
  public get serverVersion() {
    return this.getStringAttribute('server_version');
  }
  public set serverVersion(value: string) {
    this._serverVersion = value;
  }
  // Temporarily expose input value. Use with caution.
  public get serverVersionInput() {
    return this._serverVersion;
  }

  // server_version_tag - computed: true, optional: true, required: false
  private _serverVersionTag?: string;
  public get serverVersionTag() {
    return this.getStringAttribute('server_version_tag');
  }
  public set serverVersionTag(value: string) {
    this._serverVersionTag = value;
  }
  public resetServerVersionTag() {
    this._serverVersionTag = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get serverVersionTagInput() {
    return this._serverVersionTag;
  }

  // topology - computed: false, optional: false, required: true
  private _topology?: string;
  public get topology() {
    return this.getStringAttribute('topology');
  }
  public set topology(value: string) {
    this._topology = value;
  }
  // Temporarily expose input value. Use with caution.
  public get topologyInput() {
    return this._topology;
  }

  // =========
  // SYNTHESIS
  // =========

  protected override synthesizeAttributes(): { [name: string]: any } {
    return {
      acl_id: cdktf.stringToTerraform(this._aclId),
      disk_iops: cdktf.numberToTerraform(this._diskIops),
      disk_size: cdktf.numberToTerraform(this._diskSize),
      disk_throughput: cdktf.numberToTerraform(this._diskThroughput),
      disk_type: cdktf.stringToTerraform(this._diskType),
      id: cdktf.stringToTerraform(this._id),
      instance_type: cdktf.stringToTerraform(this._instanceType),
      name: cdktf.stringToTerraform(this._name),
      network_id: cdktf.stringToTerraform(this._networkId),
      project_id: cdktf.stringToTerraform(this._projectId),
      projection_level: cdktf.stringToTerraform(this._projectionLevel),
      protected: cdktf.booleanToTerraform(this._protected),
      public_access: cdktf.booleanToTerraform(this._publicAccess),
      server_version: cdktf.stringToTerraform(this._serverVersion),
      server_version_tag: cdktf.stringToTerraform(this._serverVersionTag),
      topology: cdktf.stringToTerraform(this._topology),
    };
  }

  protected override synthesizeHclAttributes(): { [name: string]: any } {
    const attrs = {
      acl_id: {
        value: cdktf.stringToHclTerraform(this._aclId),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      disk_iops: {
        value: cdktf.numberToHclTerraform(this._diskIops),
        isBlock: false,
        type: "simple",
        storageClassType: "number",
      },
      disk_size: {
        value: cdktf.numberToHclTerraform(this._diskSize),
        isBlock: false,
        type: "simple",
        storageClassType: "number",
      },
      disk_throughput: {
        value: cdktf.numberToHclTerraform(this._diskThroughput),
        isBlock: false,
        type: "simple",
        storageClassType: "number",
      },
      disk_type: {
        value: cdktf.stringToHclTerraform(this._diskType),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      id: {
        value: cdktf.stringToHclTerraform(this._id),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      instance_type: {
        value: cdktf.stringToHclTerraform(this._instanceType),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      name: {
        value: cdktf.stringToHclTerraform(this._name),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      network_id: {
        value: cdktf.stringToHclTerraform(this._networkId),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      project_id: {
        value: cdktf.stringToHclTerraform(this._projectId),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      projection_level: {
        value: cdktf.stringToHclTerraform(this._projectionLevel),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      protected: {
        value: cdktf.booleanToHclTerraform(this._protected),
        isBlock: false,
        type: "simple",
        storageClassType: "boolean",
      },
      public_access: {
        value: cdktf.booleanToHclTerraform(this._publicAccess),
        isBlock: false,
        type: "simple",
        storageClassType: "boolean",
      },
      server_version: {
        value: cdktf.stringToHclTerraform(this._serverVersion),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      server_version_tag: {
        value: cdktf.stringToHclTerraform(this._serverVersionTag),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      topology: {
        value: cdktf.stringToHclTerraform(this._topology),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
    };

    // remove undefined attributes
    return Object.fromEntries(Object.entries(attrs).filter(([_, value]) => value !== undefined && value.value !== undefined ))
  }
}
