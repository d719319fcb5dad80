/** What would end a value or a row in COPY's text format, and its escapes. */
const SPECIAL = /[\\\n\r\t]/;
const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A value of COPY's text format; `null` is `\N`. */
export function copyValue(value: string | null): string {
  if (value === null) return "\\N";
  return SPECIAL.test(value) ? value.replace(/[\\\n\r\t]/g, (each) => ESCAPES[each] ?? each) : value;
}

/** A row of COPY's text format. */
export const copyRow = (values: readonly (string | null)[]): string => {
  let row = "";
  for (const [index, value] of values.entries()) row += index === 0 ? copyValue(value) : `\t${copyValue(value)}`;
  return `${row}\n`;
};
