import { FULFILMENT } from "./events";
import { inventoryRows, orderRows, TABLES } from "./read-models";

/** What `cqrs-ops` has to know of this service: `OPS_APPLICATION` names this module as it is compiled, `dist/ops.js`. */
export const projections = [orderRows, inventoryRows];
export const tables = TABLES;
export const processors = [FULFILMENT];
