import { series } from "../metrics/series";
import type { Panel } from "./dashboard";
import { CHOSEN } from "./scope";

const DAY_SECONDS = 86_400;

/** How long what servers show is good for. */
export const certificatesPanel = (id: number, width: Panel["width"]): Panel => ({
  id,
  kind: "bargauge",
  title: "Days until certificates end",
  description:
    "Which certificate must be renewed? With its end no client connects any more. Below three weeks a renewal has not been made, or not been taken.",
  unit: "none",
  queries: [
    {
      expr: `(min by (side, target) (${series("probe_ssl_earliest_cert_expiry", CHOSEN)}) - time()) / ${DAY_SECONDS}`,
      legend: "{{target}}",
    },
  ],
  width,
  thresholds: [
    { from: 7, color: "orange" },
    { from: 21, color: "green" },
  ],
  empty: "No host is asked",
});
