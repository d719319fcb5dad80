export type InventoryEvent =
  | { readonly type: "InventoryUpdated"; readonly data: { readonly sku: string; readonly onHand: number } }
  | {
      readonly type: "InventoryReserved";
      readonly data: { readonly sku: string; readonly orderId: string; readonly quantity: number };
    }
  | { readonly type: "InventoryReleased"; readonly data: { readonly sku: string; readonly orderId: string } };

/** What is there of one thing, and for which orders some of it was put aside. */
export interface Inventory {
  readonly onHand: number;
  readonly reserved: Readonly<Record<string, number>>;
}

export const NO_INVENTORY: Inventory = { onHand: 0, reserved: {} };

export const inventoryStream = (sku: string): string => `inventory-${sku}`;

export const available = ({ onHand, reserved }: Inventory): number =>
  onHand - Object.values(reserved).reduce((sum, quantity) => sum + quantity, 0);

export function afterInventoryEvent(inventory: Inventory, event: InventoryEvent): Inventory {
  switch (event.type) {
    case "InventoryUpdated":
      return { ...inventory, onHand: event.data.onHand };
    case "InventoryReserved":
      return { ...inventory, reserved: { ...inventory.reserved, [event.data.orderId]: event.data.quantity } };
    case "InventoryReleased": {
      const { [event.data.orderId]: _, ...reserved } = inventory.reserved;
      return { ...inventory, reserved };
    }
  }
}

export const updateInventory = (sku: string, onHand: number): readonly InventoryEvent[] => [
  { type: "InventoryUpdated", data: { sku, onHand } },
];

/** Nothing where some was put aside for this order already, or where there is not enough. */
export function reserve(
  inventory: Inventory,
  sku: string,
  orderId: string,
  quantity: number,
): readonly InventoryEvent[] {
  if (isReserved(inventory, orderId) || available(inventory) < quantity) return [];
  return [{ type: "InventoryReserved", data: { sku, orderId, quantity } }];
}

export const isReserved = ({ reserved }: Inventory, orderId: string): boolean => Object.hasOwn(reserved, orderId);

export const release = (inventory: Inventory, sku: string, orderId: string): readonly InventoryEvent[] =>
  isReserved(inventory, orderId) ? [{ type: "InventoryReleased", data: { sku, orderId } }] : [];
