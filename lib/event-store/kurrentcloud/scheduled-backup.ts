// generated from terraform resource schema

import { Construct } from 'constructs';
import * as cdktf from 'cdktf';

// Configuration

export interface ScheduledBackupConfig extends cdktf.TerraformMetaArguments {
  readonly backupDescription: string;
  readonly description: string;
  readonly id?: string;
  readonly maxBackupCount: number;
  readonly projectId: string;
  readonly schedule: string;
  readonly sourceClusterId: string;
}

/**
* Represents a kurrentcloud_scheduled_backup
*/
export class ScheduledBackup extends cdktf.TerraformResource {

  // =================
  // STATIC PROPERTIES
  // =================
  public static readonly tfResourceType = "kurrentcloud_scheduled_backup";

  // ==============
  // STATIC Methods
  // ==============
  /**
  * Generates CDKTF code for importing a ScheduledBackup resource upon running "cdktf plan <stack-name>"
  * @param scope The scope in which to define this construct
  * @param importToId The construct id used in the generated config for the ScheduledBackup to import
  * @param importFromId The id of the existing ScheduledBackup that should be imported. Refer to the import section in the documentation of this resource for the id to use
  * @param provider? Optional instance of the provider where the ScheduledBackup to import is found
  */
  public static generateConfigForImport(scope: Construct, importToId: string, importFromId: string, provider?: cdktf.TerraformProvider) {
        return new cdktf.ImportableResource(scope, importToId, { terraformResourceType: "kurrentcloud_scheduled_backup", importId: importFromId, provider });
      }

  // ===========
  // INITIALIZER
  // ===========

  /**
  * Create a new kurrentcloud_scheduled_backup Resource
  *
  * @param scope The scope in which to define this construct
  * @param id The scoped construct ID. Must be unique amongst siblings in the same scope
  * @param options ScheduledBackupConfig
  */
  public constructor(scope: Construct, id: string, config: ScheduledBackupConfig) {
    super(scope, id, {
      terraformResourceType: 'kurrentcloud_scheduled_backup',
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
    this._backupDescription = config.backupDescription;
    this._description = config.description;
    this._id = config.id;
    this._maxBackupCount = config.maxBackupCount;
    this._projectId = config.projectId;
    this._schedule = config.schedule;
    this._sourceClusterId = config.sourceClusterId;
  }

  // ==========
  // ATTRIBUTES
  // ==========

  // backup_description - computed: false, optional: false, required: true
  private _backupDescription?: string;
  public get backupDescription() {
    return this.getStringAttribute('backup_description');
  }
  public set backupDescription(value: string) {
    this._backupDescription = value;
  }
  // Temporarily expose input value. Use with caution.
  public get backupDescriptionInput() {
    return this._backupDescription;
  }

  // description - computed: false, optional: false, required: true
  private _description?: string;
  public get description() {
    return this.getStringAttribute('description');
  }
  public set description(value: string) {
    this._description = value;
  }
  // Temporarily expose input value. Use with caution.
  public get descriptionInput() {
    return this._description;
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

  // max_backup_count - computed: false, optional: false, required: true
  private _maxBackupCount?: number;
  public get maxBackupCount() {
    return this.getNumberAttribute('max_backup_count');
  }
  public set maxBackupCount(value: number) {
    this._maxBackupCount = value;
  }
  // Temporarily expose input value. Use with caution.
  public get maxBackupCountInput() {
    return this._maxBackupCount;
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

  // schedule - computed: false, optional: false, required: true
  private _schedule?: string;
  public get schedule() {
    return this.getStringAttribute('schedule');
  }
  public set schedule(value: string) {
    this._schedule = value;
  }
  // Temporarily expose input value. Use with caution.
  public get scheduleInput() {
    return this._schedule;
  }

  // source_cluster_id - computed: false, optional: false, required: true
  private _sourceClusterId?: string;
  public get sourceClusterId() {
    return this.getStringAttribute('source_cluster_id');
  }
  public set sourceClusterId(value: string) {
    this._sourceClusterId = value;
  }
  // Temporarily expose input value. Use with caution.
  public get sourceClusterIdInput() {
    return this._sourceClusterId;
  }

  // =========
  // SYNTHESIS
  // =========

  protected override synthesizeAttributes(): { [name: string]: any } {
    return {
      backup_description: cdktf.stringToTerraform(this._backupDescription),
      description: cdktf.stringToTerraform(this._description),
      id: cdktf.stringToTerraform(this._id),
      max_backup_count: cdktf.numberToTerraform(this._maxBackupCount),
      project_id: cdktf.stringToTerraform(this._projectId),
      schedule: cdktf.stringToTerraform(this._schedule),
      source_cluster_id: cdktf.stringToTerraform(this._sourceClusterId),
    };
  }

  protected override synthesizeHclAttributes(): { [name: string]: any } {
    const attrs = {
      backup_description: {
        value: cdktf.stringToHclTerraform(this._backupDescription),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      description: {
        value: cdktf.stringToHclTerraform(this._description),
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
      max_backup_count: {
        value: cdktf.numberToHclTerraform(this._maxBackupCount),
        isBlock: false,
        type: "simple",
        storageClassType: "number",
      },
      project_id: {
        value: cdktf.stringToHclTerraform(this._projectId),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      schedule: {
        value: cdktf.stringToHclTerraform(this._schedule),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      source_cluster_id: {
        value: cdktf.stringToHclTerraform(this._sourceClusterId),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
    };

    // remove undefined attributes
    return Object.fromEntries(Object.entries(attrs).filter(([_, value]) => value !== undefined && value.value !== undefined ))
  }
}
