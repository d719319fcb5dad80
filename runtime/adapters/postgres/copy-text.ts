/** What would end a value or a row in COPY's text format, and its escapes. */
const SPECIAL = /[\\\n\r\t]/;
const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A value of COPY's text format; `null` is `\N`. */
export function copyValue(value: string | null): string {
  if (value === null) return "\\N";
  return SPECIAL.test(value) ? value.replace(/[\\\n\r\t]/g, (each) => ESCAPES[each] ?? each) : value;
}

/** A row of COPY's text format. */
export function copyRow(values: readonly (string | null)[]): string {
  let row = "";
  // No list, iterator or function of each row's own: there are as many rows as events.
  for (let index = 0; index < values.length; index++) {
    if (index > 0) row += "\t";
    row += copyValue(values[index] ?? null);
  }
  return `${row}\n`;
}
