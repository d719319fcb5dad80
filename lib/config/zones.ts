/** Zones of each network. */
export const ZONES = 3;

/** Nodes of each zone, evenly: the first zones have one more where the number is no multiple of the zones. */
export const nodesByZone = (nodes: number, zones = ZONES): readonly number[] =>
  Array.from({ length: zones }, (_, zone) => Math.ceil((nodes - zone) / zones)).map((count) => Math.max(count, 0));
