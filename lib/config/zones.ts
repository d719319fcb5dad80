/** Zones of each network. */
export const ZONES = 3;

/** Nodes of a node group that an update may take away at a time. */
export const MAX_UNAVAILABLE_PERCENT = 33;

/** Of what is spread evenly, the zone with most has so many. */
export const mostInZone = (count: number, zones = ZONES): number => Math.ceil(count / zones);

/** Nodes of each zone, evenly: the first zones have one more where the number is no multiple of the zones. */
export const nodesByZone = (nodes: number, zones = ZONES): readonly number[] =>
  Array.from({ length: zones }, (_, zone) => Math.ceil((nodes - zone) / zones)).map((count) => Math.max(count, 0));
