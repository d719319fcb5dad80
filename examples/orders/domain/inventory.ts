export type InventoryEvent =
  | { readonly type: "InventoryUpdated"; readonly data: { readonly sku: string; readonly onHand: number } }
  | {
      readonly type: "InventoryReserved";
      readonly data: { readonly sku: string; readonly orderId: string; readonly quantity: number };
    }
  | { readonly type: "InventoryReleased"; readonly data: { readonly sku: string; readonly orderId: string } };

/** The stock of one article. */
export interface Inventory {
  readonly onHand: number;
  /** How much is reserved, by the order's id: 0 for an order that is over, for which nothing is reserved again. */
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
    case "InventoryReleased":
      return { ...inventory, reserved: { ...inventory.reserved, [event.data.orderId]: 0 } };
  }
}

export const updateInventory = (sku: string, onHand: number): readonly InventoryEvent[] => [
  { type: "InventoryUpdated", data: { sku, onHand } },
];

/**
 * Reserves nothing if there is not enough, or if it was reserved or released for this order before: a processor that handles the
 * order again, or is slower than another, must not reserve for an order that is over.
 */
export function reserve(
  inventory: Inventory,
  sku: string,
  orderId: string,
  quantity: number,
): readonly InventoryEvent[] {
  if (Object.hasOwn(inventory.reserved, orderId) || available(inventory) < quantity) return [];
  return [{ type: "InventoryReserved", data: { sku, orderId, quantity } }];
}

export const isReserved = ({ reserved }: Inventory, orderId: string): boolean =>
  Object.hasOwn(reserved, orderId) && reserved[orderId] !== 0;

/**
 * Of an order that is over. Also an article that is not reserved for it is released, once, because a processor that is slower than
 * this one could reserve it later, and end before it releases it.
 */
export const release = ({ reserved }: Inventory, sku: string, orderId: string): readonly InventoryEvent[] =>
  reserved[orderId] === 0 ? [] : [{ type: "InventoryReleased", data: { sku, orderId } }];
