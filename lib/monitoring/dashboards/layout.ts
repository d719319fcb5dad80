import type { Panel, Row } from "./dashboard";

/** Of Grafana's grid. */
export const COLUMNS = 24;
const ROW_HEIGHT = 1;
const PANEL_HEIGHT = 8;

/** Where something is on the grid. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface PlacedRow {
  readonly title: string;
  readonly place: Place;
  readonly panels: readonly { readonly panel: Panel; readonly place: Place }[];
}

/** Rows one below the other, each with its panels from left to right in as many lines as they need. */
export function placed(rows: readonly Row[]): readonly PlacedRow[] {
  let y = 0;
  return rows.map(({ title, panels }) => {
    const place = { x: 0, y, w: COLUMNS, h: ROW_HEIGHT };
    let line = { x: 0, y: y + ROW_HEIGHT, h: 0 };
    const placedPanels = panels.map((panel) => {
      const { width: w, height: h = PANEL_HEIGHT } = panel;
      if (line.x + w > COLUMNS) line = { x: 0, y: line.y + line.h, h: 0 };
      const panelPlace = { x: line.x, y: line.y, w, h };
      line = { x: line.x + w, y: line.y, h: Math.max(line.h, h) };
      return { panel, place: panelPlace };
    });
    y = line.y + line.h;
    return { title, place, panels: placedPanels };
  });
}
