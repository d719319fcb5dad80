// generated from terraform resource schema

import { Construct } from 'constructs';
import * as cdktf from 'cdktf';

// Configuration

export interface PeeringConfig extends cdktf.TerraformMetaArguments {
  readonly id?: string;
  readonly name: string;
  readonly networkId: string;
  readonly peerAccountId: string;
  readonly peerNetworkId: string;
  readonly peerNetworkRegion: string;
  readonly peerResourceProvider: string;
  readonly projectId: string;
  readonly routes: string[];
}

/**
* Represents a kurrentcloud_peering
*/
export class Peering extends cdktf.TerraformResource {

  // =================
  // STATIC PROPERTIES
  // =================
  public static readonly tfResourceType = "kurrentcloud_peering";

  // ==============
  // STATIC Methods
  // ==============
  /**
  * Generates CDKTF code for importing a Peering resource upon running "cdktf plan <stack-name>"
  * @param scope The scope in which to define this construct
  * @param importToId The construct id used in the generated config for the Peering to import
  * @param importFromId The id of the existing Peering that should be imported. Refer to the import section in the documentation of this resource for the id to use
  * @param provider? Optional instance of the provider where the Peering to import is found
  */
  public static generateConfigForImport(scope: Construct, importToId: string, importFromId: string, provider?: cdktf.TerraformProvider) {
        return new cdktf.ImportableResource(scope, importToId, { terraformResourceType: "kurrentcloud_peering", importId: importFromId, provider });
      }

  // ===========
  // INITIALIZER
  // ===========

  /**
  * Create a new kurrentcloud_peering Resource
  *
  * @param scope The scope in which to define this construct
  * @param id The scoped construct ID. Must be unique amongst siblings in the same scope
  * @param options PeeringConfig
  */
  public constructor(scope: Construct, id: string, config: PeeringConfig) {
    super(scope, id, {
      terraformResourceType: 'kurrentcloud_peering',
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
    this._id = config.id;
    this._name = config.name;
    this._networkId = config.networkId;
    this._peerAccountId = config.peerAccountId;
    this._peerNetworkId = config.peerNetworkId;
    this._peerNetworkRegion = config.peerNetworkRegion;
    this._peerResourceProvider = config.peerResourceProvider;
    this._projectId = config.projectId;
    this._routes = config.routes;
  }

  // ==========
  // ATTRIBUTES
  // ==========

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

  // peer_account_id - computed: false, optional: false, required: true
  private _peerAccountId?: string;
  public get peerAccountId() {
    return this.getStringAttribute('peer_account_id');
  }
  public set peerAccountId(value: string) {
    this._peerAccountId = value;
  }
  // Temporarily expose input value. Use with caution.
  public get peerAccountIdInput() {
    return this._peerAccountId;
  }

  // peer_network_id - computed: false, optional: false, required: true
  private _peerNetworkId?: string;
  public get peerNetworkId() {
    return this.getStringAttribute('peer_network_id');
  }
  public set peerNetworkId(value: string) {
    this._peerNetworkId = value;
  }
  // Temporarily expose input value. Use with caution.
  public get peerNetworkIdInput() {
    return this._peerNetworkId;
  }

  // peer_network_region - computed: false, optional: false, required: true
  private _peerNetworkRegion?: string;
  public get peerNetworkRegion() {
    return this.getStringAttribute('peer_network_region');
  }
  public set peerNetworkRegion(value: string) {
    this._peerNetworkRegion = value;
  }
  // Temporarily expose input value. Use with caution.
  public get peerNetworkRegionInput() {
    return this._peerNetworkRegion;
  }

  // peer_resource_provider - computed: false, optional: false, required: true
  private _peerResourceProvider?: string;
  public get peerResourceProvider() {
    return this.getStringAttribute('peer_resource_provider');
  }
  public set peerResourceProvider(value: string) {
    this._peerResourceProvider = value;
  }
  // Temporarily expose input value. Use with caution.
  public get peerResourceProviderInput() {
    return this._peerResourceProvider;
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

  // provider_metadata - computed: true, optional: false, required: false
  private _providerMetadata = new cdktf.StringMap(this, "provider_metadata");
  public get providerMetadata() {
    return this._providerMetadata;
  }

  // routes - computed: false, optional: false, required: true
  private _routes?: string[];
  public get routes() {
    return cdktf.Fn.tolist(this.getListAttribute('routes'));
  }
  public set routes(value: string[]) {
    this._routes = value;
  }
  // Temporarily expose input value. Use with caution.
  public get routesInput() {
    return this._routes;
  }

  // =========
  // SYNTHESIS
  // =========

  protected override synthesizeAttributes(): { [name: string]: any } {
    return {
      id: cdktf.stringToTerraform(this._id),
      name: cdktf.stringToTerraform(this._name),
      network_id: cdktf.stringToTerraform(this._networkId),
      peer_account_id: cdktf.stringToTerraform(this._peerAccountId),
      peer_network_id: cdktf.stringToTerraform(this._peerNetworkId),
      peer_network_region: cdktf.stringToTerraform(this._peerNetworkRegion),
      peer_resource_provider: cdktf.stringToTerraform(this._peerResourceProvider),
      project_id: cdktf.stringToTerraform(this._projectId),
      routes: cdktf.listMapper(cdktf.stringToTerraform, false)(this._routes),
    };
  }

  protected override synthesizeHclAttributes(): { [name: string]: any } {
    const attrs = {
      id: {
        value: cdktf.stringToHclTerraform(this._id),
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
      peer_account_id: {
        value: cdktf.stringToHclTerraform(this._peerAccountId),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      peer_network_id: {
        value: cdktf.stringToHclTerraform(this._peerNetworkId),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      peer_network_region: {
        value: cdktf.stringToHclTerraform(this._peerNetworkRegion),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      peer_resource_provider: {
        value: cdktf.stringToHclTerraform(this._peerResourceProvider),
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
      routes: {
        value: cdktf.listMapperHcl(cdktf.stringToHclTerraform, false)(this._routes),
        isBlock: false,
        type: "set",
        storageClassType: "stringList",
      },
    };

    // remove undefined attributes
    return Object.fromEntries(Object.entries(attrs).filter(([_, value]) => value !== undefined && value.value !== undefined ))
  }
}
