/** Written into manifests and reports. */
export const TOOL = "cqrs-ops 0.1.0";
