/** Of the package, as its package.json says. */
export const VERSION = "0.1.0";
/** Written into manifests and reports. */
export const TOOL = `cqrs-ops ${VERSION}`;
