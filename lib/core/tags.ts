import { shown } from "./problems";
import { mapOf, type Rule, refined, rule, text } from "./rules";

/** AWS: what a tag takes in every service. Its own begin with `aws:`, in whatever case. */
const isTagKey = rule(
  "named by at most 128 letters, digits, spaces and _.:/=+-@, not beginning with 'aws:'",
  (key) => typeof key === "string" && /^(?!aws:)[\p{L}\p{N} _.:/=+\-@]{1,128}$/iu.test(key),
);
export const isTagValue = text(
  "a text of at most 256 letters, digits, spaces and _.:/=+-@",
  /^[\p{L}\p{N} _.:/=+\-@]{0,256}$/u,
);

/** The driver of the pods' volumes passes tags on as `key=value`, and reserves keys of its own and of Kubernetes. */
const RESERVED_BY_DRIVER = /^(?:CSIVolumeName|CSIVolumeSnapshotName)$|^(?:ebs\.csi\.aws\.com|kubernetes\.io)\//;
/** The key of a tag of pods' volumes. Source: `validateExtraTags` of aws-ebs-csi-driver, which does not start with others. */
export const isVolumeTagKey = refined<string>(isTagKey, (key, path) =>
  key.includes("=") || RESERVED_BY_DRIVER.test(key)
    ? [{ path, message: `must be named without '=' and as no tag of the volumes' driver, got ${shown(key)}` }]
    : [],
);

export const isTags: Rule = mapOf(isTagValue, isTagKey);
export const isVolumeTags: Rule = mapOf(isTagValue, isVolumeTagKey);
