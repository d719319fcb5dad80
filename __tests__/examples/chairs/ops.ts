// #region docs/runtime.md
import { fromJson, put } from "@cdktf-cqrs/runtime";
import { tableProjection } from "@cdktf-cqrs/runtime/adapters/postgres/table-projection";

interface ChairMade {
  readonly type: "ChairMade";
  readonly data: { readonly sku: string; readonly color: string };
}

export const chairRows = tableProjection({
  name: "chairs",
  types: ["ChairMade"],
  changes: async (stored) => {
    const { sku, color } = (await fromJson<ChairMade>(stored)).data;
    return [put("chairs", { sku }, { color })];
  },
});

export const projections = [chairRows];
export const tables = ["create table if not exists chairs (sku text primary key, color text not null)"];
// #endregion
