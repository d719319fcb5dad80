/** A request as Cloudflare's rules see it. */
export interface EdgeRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** By their names as they were sent. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether there were more headers than rules see. */
  readonly truncated?: boolean;
}

export interface CacheSettingsRule {
  readonly expression: string;
  readonly action: string;
  readonly enabled: boolean;
  readonly action_parameters: {
    readonly cache: boolean;
    readonly cache_key?: { readonly custom_key: { readonly header: { readonly include: readonly string[] } } };
  };
}

/**
 * A test double of Cloudflare's rules: an interpreter of that part of their language which our rules are written in,
 * after the reference of its fields, functions and operators. What it does not know is an error.
 */
export const matches = (expression: string, request: EdgeRequest): boolean =>
  expression.split(" and ").every((term) => holds(term, request));

/** Under which key an answer is kept; undefined where it is not. Of several rules that match, the last one holds. */
export function cacheKeyOf(rules: readonly CacheSettingsRule[], request: EdgeRequest): string | undefined {
  const settings = rules
    .filter(({ enabled, action }) => enabled && action === "set_cache_settings")
    .filter(({ expression }) => matches(expression, request))
    .at(-1)?.action_parameters;
  if (settings?.cache !== true) return undefined;
  const { host, path, headers = {} } = request;
  const include = settings.cache_key?.custom_key.header.include ?? [];
  const named = include.map((name) => Object.entries(headers).find(([header]) => header.toLowerCase() === name)?.[1]);
  return JSON.stringify([host, path, ...named]);
}

type Term = readonly [pattern: RegExp, holds: (request: EdgeRequest, ...found: string[]) => boolean];

const TERMS: readonly Term[] = [
  [/^not (.+)$/, (request, term) => !holds(term, request)],
  [/^([\w.]+) eq "([^"]*)"$/, (request, field, value) => fieldOf(field, request) === value],
  [
    /^([\w.]+) in \{((?:"[^"]*" ?)+)\}$/,
    (request, field, values) => values.split(" ").includes(`"${fieldOf(field, request)}"`),
  ],
  [/^starts_with\(([\w.]+), "([^"]*)"\)$/, (request, field, value) => fieldOf(field, request).startsWith(value)],
  [/^http\.request\.headers\.truncated$/, ({ truncated = false }) => truncated],
  [
    /^any\(lower\(http\.request\.headers\.names\[\*\]\)\[\*\] eq "([^"]*)"\)$/,
    ({ headers = {} }, value) => Object.keys(headers).some((name) => name.toLowerCase() === value),
  ],
];

function holds(text: string, request: EdgeRequest): boolean {
  for (const [pattern, decide] of TERMS) {
    const found = pattern.exec(text);
    if (found !== null) return decide(request, ...found.slice(1));
  }
  throw new Error(`not understood here: ${text}`);
}

function fieldOf(name: string, { method, host, path, headers = {} }: EdgeRequest): string {
  const cookie = Object.entries(headers).find(([header]) => header.toLowerCase() === "cookie")?.[1] ?? "";
  const fields: Readonly<Record<string, string>> = {
    "http.request.method": method,
    "http.host": host,
    "http.request.uri.path": path,
    "http.cookie": cookie,
  };
  const value = fields[name];
  if (value === undefined) throw new Error(`not understood here: ${name}`);
  return value;
}
