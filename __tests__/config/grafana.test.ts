import { Token } from "cdktf";
import { isGrafanaOptions, type SingleSignOn } from "../../lib/config/grafana";

const url = "https://grafana.example.com";
const sso: SingleSignOn = {
  clientId: "grafana",
  clientSecret: "production/grafana-client",
  authUrl: "https://login.example.com/authorize",
  tokenUrl: "https://login.example.com/token",
  apiUrl: "https://login.example.com/userinfo",
};

const linesOf = (grafana: unknown): string[] =>
  isGrafanaOptions.problemsOf(grafana, "grafana").map(({ path, message }) => `${path}: ${message}`);

const ROOT = "must be an https URL of a host alone, such as 'https://grafana.example.com'";
const ENDPOINT = "must be an https URL such as 'https://login.example.com/authorize'";
const SECRET = "must be the name of a secret, at most 505 letters, digits and /_+=.@-";
const ROLE = "must be a JMESPath expression on one line, without '$', '{{' and three double quotes";
const HOST = "must be a host name in lower case such as 'commands.example.com'";

test.each<[what: string, grafana: object]>([
  ["nothing", {}],
  ["an address alone", { url }],
  ["a second password", { passwordVersion: 2 }],
  ["an address with a port", { url: "https://grafana.example.com:8443" }],
  ["single sign-on", { url, singleSignOn: sso }],
  [
    "roles by a claim that is named by a URL",
    {
      url,
      singleSignOn: {
        ...sso,
        roleAttributePath: "contains(\"https://a.example.com/#roles\", 'x') && 'Admin' || 'Viewer'",
      },
    },
  ],
  [
    "scopes and domains",
    { url, singleSignOn: { ...sso, scopes: ["openid", "api://grafana/.default"], allowedDomains: ["example.com"] } },
  ],
  ["an endpoint that Terraform computes", { url, singleSignOn: { ...sso, authUrl: Token.asString({ Ref: "url" }) } }],
])("%s is sound", (_, grafana) => {
  expect(linesOf(grafana)).toEqual([]);
});

test("a password version is a count", () => {
  expect(linesOf({ passwordVersion: "2" })).toEqual([
    "grafana.passwordVersion: must be a whole number from 1 to 10000, got '2'",
  ]);
});

test.each<[url: unknown]>([
  ["http://grafana.example.com"],
  ["grafana.example.com"],
  ["https://grafana.example.com/"],
  ["https://example.com/grafana"],
  ["https://me@grafana.example.com"],
  ["https://grafana.example.com:99999"],
  ["https://{{ x }}"],
  [1],
])("the address %j is refused", (wrong) => {
  const got = typeof wrong === "string" ? `'${wrong}'` : wrong;
  expect(linesOf({ url: wrong })).toEqual([`grafana.url: ${ROOT}, got ${got}`]);
});

test.each<[change: object, line: string]>([
  [{ clientId: undefined }, "clientId: is missing, must be at most 255 letters, digits and _.:/@~+=-"],
  [{ clientId: "a;b" }, "clientId: must be at most 255 letters, digits and _.:/@~+=-, got 'a;b'"],
  [{ clientSecret: "ab cd" }, `clientSecret: ${SECRET}, got 'ab cd'`],
  [{ clientSecret: undefined }, `clientSecret: is missing, ${SECRET}`],
  [{ authUrl: "http://login.example.com" }, `authUrl: ${ENDPOINT}, got 'http://login.example.com'`],
  [{ tokenUrl: "https://login.example.com/a;b" }, `tokenUrl: ${ENDPOINT}, got 'https://login.example.com/a;b'`],
  [{ apiUrl: "https://login.example.com/${HOME}" }, `apiUrl: ${ENDPOINT}, got 'https://login.example.com/\${HOME}'`],
  [{ apiUrl: "https://login.example.com/#a" }, `apiUrl: ${ENDPOINT}, got 'https://login.example.com/#a'`],
  [{ scopes: ["open id"] }, "scopes[0]: must be a scope of letters, digits and _.:/~+-, got 'open id'"],
  [{ scopes: [] }, "scopes: must be a list of 1 to 20, each a scope of letters, digits and _.:/~+-, got an empty list"],
  [{ scopes: ["openid", "openid"] }, "scopes[1]: must be given once, got 'openid' twice"],
  [{ allowedDomains: ["@example.com"] }, `allowedDomains[0]: ${HOST}, got '@example.com'`],
  [{ roleAttributePath: "" }, `roleAttributePath: ${ROLE}, got ''`],
  [{ roleAttributePath: "a\n[b]" }, `roleAttributePath: ${ROLE}, got 'a\\u{a}[b]'`],
  [{ roleAttributePath: "{{ a }}" }, `roleAttributePath: ${ROLE}, got '{{ a }}'`],
  [{ roleAttributePath: "$__env{A}" }, `roleAttributePath: ${ROLE}, got '$__env{A}'`],
  [{ roleAttributePath: '"""' }, `roleAttributePath: ${ROLE}, got '"""'`],
  [{ roleAtributePath: "role" }, "roleAtributePath: is not a key here, did you mean 'roleAttributePath'?"],
])("single sign-on with %j is refused", (change, line) => {
  expect(linesOf({ url, singleSignOn: { ...sso, ...change } })).toEqual([`grafana.singleSignOn.${line}`]);
});

test("single sign-on needs the address that it leads back to", () => {
  expect(linesOf({ singleSignOn: sso })).toEqual([
    "grafana.url: is missing, must be given with singleSignOn, which leads back to it",
  ]);
});
