import { mapOf, type Rule, rule, text } from "./rules";

/** AWS: what a tag takes in every service. Its own begin with `aws:`, in whatever case. */
export const isTagKey = rule(
  "named by at most 128 letters, digits, spaces and _.:/=+-@, not beginning with 'aws:'",
  (key) => typeof key === "string" && /^(?!aws:)[\p{L}\p{N} _.:/=+\-@]{1,128}$/iu.test(key),
);
export const isTagValue = text(
  "a text of at most 256 letters, digits, spaces and _.:/=+-@",
  /^[\p{L}\p{N} _.:/=+\-@]{0,256}$/u,
);
export const isTags: Rule = mapOf(isTagValue, isTagKey);
