// generated from terraform resource schema

import { Construct } from 'constructs';
import * as cdktf from 'cdktf';

// Configuration

export interface KurrentcloudProviderConfig {
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly identityKitUrl?: string;
  readonly identityProviderUrl?: string;
  readonly organizationId?: string;
  readonly token?: string;
  readonly tokenStore?: string;
  readonly url?: string;
  /**
  * Alias name
  *
  * Docs at Terraform Registry: KurrentcloudProvider#alias
  */
  readonly alias?: string;
}

/**
* Represents a kurrentcloud
*/
export class KurrentcloudProvider extends cdktf.TerraformProvider {

  // =================
  // STATIC PROPERTIES
  // =================
  public static readonly tfResourceType = "kurrentcloud";

  // ==============
  // STATIC Methods
  // ==============
  /**
  * Generates CDKTF code for importing a KurrentcloudProvider resource upon running "cdktf plan <stack-name>"
  * @param scope The scope in which to define this construct
  * @param importToId The construct id used in the generated config for the KurrentcloudProvider to import
  * @param importFromId The id of the existing KurrentcloudProvider that should be imported. Refer to the import section in the documentation of this resource for the id to use
  * @param provider? Optional instance of the provider where the KurrentcloudProvider to import is found
  */
  public static generateConfigForImport(scope: Construct, importToId: string, importFromId: string, provider?: cdktf.TerraformProvider) {
        return new cdktf.ImportableResource(scope, importToId, { terraformResourceType: "kurrentcloud", importId: importFromId, provider });
      }

  // ===========
  // INITIALIZER
  // ===========

  /**
  * Create a new kurrentcloud Resource
  *
  * @param scope The scope in which to define this construct
  * @param id The scoped construct ID. Must be unique amongst siblings in the same scope
  * @param options KurrentcloudProviderConfig = {}
  */
  public constructor(scope: Construct, id: string, config: KurrentcloudProviderConfig = {}) {
    super(scope, id, {
      terraformResourceType: 'kurrentcloud',
      terraformGeneratorMetadata: {
        providerName: 'kurrentcloud',
        providerVersion: '3.1.0',
        providerVersionConstraint: '3.1.0'
      },
      terraformProviderSource: 'kurrent-io/kurrentcloud'
    });
    this._clientId = config.clientId;
    this._clientSecret = config.clientSecret;
    this._identityKitUrl = config.identityKitUrl;
    this._identityProviderUrl = config.identityProviderUrl;
    this._organizationId = config.organizationId;
    this._token = config.token;
    this._tokenStore = config.tokenStore;
    this._url = config.url;
    this._alias = config.alias;
  }

  // ==========
  // ATTRIBUTES
  // ==========

  // client_id - computed: false, optional: true, required: false
  private _clientId?: string;
  public get clientId() {
    return this._clientId;
  }
  public set clientId(value: string | undefined) {
    this._clientId = value;
  }
  public resetClientId() {
    this._clientId = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get clientIdInput() {
    return this._clientId;
  }

  // client_secret - computed: false, optional: true, required: false
  private _clientSecret?: string;
  public get clientSecret() {
    return this._clientSecret;
  }
  public set clientSecret(value: string | undefined) {
    this._clientSecret = value;
  }
  public resetClientSecret() {
    this._clientSecret = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get clientSecretInput() {
    return this._clientSecret;
  }

  // identity_kit_url - computed: false, optional: true, required: false
  private _identityKitUrl?: string;
  public get identityKitUrl() {
    return this._identityKitUrl;
  }
  public set identityKitUrl(value: string | undefined) {
    this._identityKitUrl = value;
  }
  public resetIdentityKitUrl() {
    this._identityKitUrl = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get identityKitUrlInput() {
    return this._identityKitUrl;
  }

  // identity_provider_url - computed: false, optional: true, required: false
  private _identityProviderUrl?: string;
  public get identityProviderUrl() {
    return this._identityProviderUrl;
  }
  public set identityProviderUrl(value: string | undefined) {
    this._identityProviderUrl = value;
  }
  public resetIdentityProviderUrl() {
    this._identityProviderUrl = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get identityProviderUrlInput() {
    return this._identityProviderUrl;
  }

  // organization_id - computed: false, optional: true, required: false
  private _organizationId?: string;
  public get organizationId() {
    return this._organizationId;
  }
  public set organizationId(value: string | undefined) {
    this._organizationId = value;
  }
  public resetOrganizationId() {
    this._organizationId = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get organizationIdInput() {
    return this._organizationId;
  }

  // token - computed: false, optional: true, required: false
  private _token?: string;
  public get token() {
    return this._token;
  }
  public set token(value: string | undefined) {
    this._token = value;
  }
  public resetToken() {
    this._token = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get tokenInput() {
    return this._token;
  }

  // token_store - computed: false, optional: true, required: false
  private _tokenStore?: string;
  public get tokenStore() {
    return this._tokenStore;
  }
  public set tokenStore(value: string | undefined) {
    this._tokenStore = value;
  }
  public resetTokenStore() {
    this._tokenStore = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get tokenStoreInput() {
    return this._tokenStore;
  }

  // url - computed: false, optional: true, required: false
  private _url?: string;
  public get url() {
    return this._url;
  }
  public set url(value: string | undefined) {
    this._url = value;
  }
  public resetUrl() {
    this._url = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get urlInput() {
    return this._url;
  }

  // alias - computed: false, optional: true, required: false
  private _alias?: string;
  public override get alias() {
    return this._alias;
  }
  public override set alias(value: string | undefined) {
    this._alias = value;
  }
  public resetAlias() {
    this._alias = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get aliasInput() {
    return this._alias;
  }

  // =========
  // SYNTHESIS
  // =========

  protected override synthesizeAttributes(): { [name: string]: any } {
    return {
      client_id: cdktf.stringToTerraform(this._clientId),
      client_secret: cdktf.stringToTerraform(this._clientSecret),
      identity_kit_url: cdktf.stringToTerraform(this._identityKitUrl),
      identity_provider_url: cdktf.stringToTerraform(this._identityProviderUrl),
      organization_id: cdktf.stringToTerraform(this._organizationId),
      token: cdktf.stringToTerraform(this._token),
      token_store: cdktf.stringToTerraform(this._tokenStore),
      url: cdktf.stringToTerraform(this._url),
      alias: cdktf.stringToTerraform(this._alias),
    };
  }

  protected override synthesizeHclAttributes(): { [name: string]: any } {
    const attrs = {
      client_id: {
        value: cdktf.stringToHclTerraform(this._clientId),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      client_secret: {
        value: cdktf.stringToHclTerraform(this._clientSecret),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      identity_kit_url: {
        value: cdktf.stringToHclTerraform(this._identityKitUrl),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      identity_provider_url: {
        value: cdktf.stringToHclTerraform(this._identityProviderUrl),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      organization_id: {
        value: cdktf.stringToHclTerraform(this._organizationId),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      token: {
        value: cdktf.stringToHclTerraform(this._token),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      token_store: {
        value: cdktf.stringToHclTerraform(this._tokenStore),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      url: {
        value: cdktf.stringToHclTerraform(this._url),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      alias: {
        value: cdktf.stringToHclTerraform(this._alias),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
    };

    // remove undefined attributes
    return Object.fromEntries(Object.entries(attrs).filter(([_, value]) => value !== undefined && value.value !== undefined ))
  }
}
