import { text } from "../core/rules";

/** Kubernetes: with or without a domain before it. */
export const isLabelKey = text(
  "named as Kubernetes names labels",
  /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/,
);
export const isLabelValue = text(
  "a text of at most 63 letters, digits and _.-, letter or digit first and last",
  /^(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?$/,
);
