import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { Token } from "cdktf";
import { type AuthConfig, isAuthConfig } from "../../lib/config/auth";

// Key pairs made for these tests, and used nowhere else.
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pemOf = (key: KeyObject, type: "spki" | "pkcs1" = "spki"): string =>
  key.export({ type, format: "pem" }).toString();
const publicKey = pemOf(rsa.publicKey);
const privateKey = rsa.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const long = pemOf(publicKeyOf(4096));
const short = pemOf(publicKeyOf(2047));
const pkcs1 = pemOf(rsa.publicKey, "pkcs1");
const pss = pemOf(generateKeyPairSync("rsa-pss", { modulusLength: 2048 }).publicKey);
const elliptic = pemOf(generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey);
const [firstLine = "", ...rest] = publicKey.trim().split("\n");

/** A public RSA key of this length, to which there is no private key: to search for primes would take seconds. */
function publicKeyOf(bits: number): KeyObject {
  const modulus = Buffer.alloc(Math.ceil(bits / 8), 0xff);
  modulus[0] = 0xff >> (modulus.length * 8 - bits);
  return createPublicKey({ key: { kty: "RSA", n: modulus.toString("base64url"), e: "AQAB" }, format: "jwk" });
}

/** The seed's permissions. */
const base: AuthConfig = {
  issuer: "https://auth.example.com/",
  audience: "orders",
  publicKey,
  commandPermissions: {
    CreateOrder: ["user", "admin"],
    CancelOrder: ["admin"],
    UpdateInventory: ["inventory_manager", "admin"],
  },
  queryPermissions: {
    GetOrder: ["user", "admin"],
    GetAllOrders: ["admin"],
    GetInventory: ["inventory_viewer", "admin"],
  },
};

const linesOf = (auth: unknown): string[] =>
  isAuthConfig.problemsOf(auth, "auth").map(({ path, message }) => `${path}: ${message}`);
const shown = (text: string) => `'${(text.length > 60 ? `${text.slice(0, 57)}...` : text).replaceAll("\n", "\\u{a}")}'`;

const ISSUER = "must be an https URL without a query such as 'https://auth.example.com/'";
const AUDIENCE = "must be a text of at most 255 characters without spaces";
const KEY =
  "must be an RSA public key of 2048 to 16384 bits in PEM, from '-----BEGIN PUBLIC KEY-----' on, line by line";
const ROLE = "a role of at most 64 letters, digits and _.:-";
const ROLES = `must be a list of 1 to 50, each ${ROLE}`;
const TYPE = "must be named by letters, digits and '_', a letter first";

test("the seed's security configuration is sound", () => {
  expect(linesOf(base)).toEqual([]);
});

test.each<[what: string, key: string]>([
  ["of 2047 bits", short],
  ["of another kind", elliptic],
  ["for RSA-PSS, which is not RS256's", pss],
  ["in PKCS #1", pkcs1],
  ["that is private, though it has a public half", privateKey],
  ["without its lines' ends", publicKey.replaceAll("\n", "")],
  ["with its lines' ends written out", publicKey.replaceAll("\n", "\\n")],
  ["without PEM's first line", rest.join("\n")],
  ["cut short", [firstLine, rest[0], rest.at(-1)].join("\n")],
  ["beside another", `${publicKey}${publicKey}`],
  ["that is empty", ""],
])("a key %s is refused", (_, key) => {
  expect(linesOf({ ...base, publicKey: key })).toEqual([`auth.publicKey: ${KEY}, got ${shown(key)}`]);
});

test.each<[what: string, key: string]>([
  ["of 4096 bits", long],
  ["with Windows' lines' ends", publicKey.replaceAll("\n", "\r\n")],
  ["without a line's end at its end", publicKey.trim()],
  ["that Terraform computes", Token.asString({ Ref: "key" })],
])("a key %s is taken", (_, key) => {
  expect(linesOf({ ...base, publicKey: key })).toEqual([]);
});

test.each<[change: object, line: string]>([
  [{ issuer: "http://auth.example.com/" }, `issuer: ${ISSUER}, got 'http://auth.example.com/'`],
  [{ issuer: "auth.example.com" }, `issuer: ${ISSUER}, got 'auth.example.com'`],
  [{ issuer: "https://" }, `issuer: ${ISSUER}, got 'https://'`],
  [{ issuer: "https:///realms" }, `issuer: ${ISSUER}, got 'https:///realms'`],
  [{ issuer: "https://auth.example.com/?a=b" }, `issuer: ${ISSUER}, got 'https://auth.example.com/?a=b'`],
  [{ issuer: "https://auth.example.com/#a" }, `issuer: ${ISSUER}, got 'https://auth.example.com/#a'`],
  [{ issuer: "https://me:secret@auth.example.com/" }, `issuer: ${ISSUER}, got 'https://me:secret@auth.example.com/'`],
  [{ issuer: " https://auth.example.com/" }, `issuer: ${ISSUER}, got ' https://auth.example.com/'`],
  [{ issuer: "https://auth.example.com:port/" }, `issuer: ${ISSUER}, got 'https://auth.example.com:port/'`],
  [{ issuer: undefined }, `issuer: is missing, ${ISSUER}`],
  [{ audience: "" }, `audience: ${AUDIENCE}, got ''`],
  [{ audience: "two words" }, `audience: ${AUDIENCE}, got 'two words'`],
  [{ audience: "a".repeat(256) }, `audience: ${AUDIENCE}, got '${"a".repeat(57)}...'`],
  [{ audience: ["orders"] }, `audience: ${AUDIENCE}, got a list of 1`],
  [{ publicKey: undefined }, `publicKey: is missing, ${KEY}`],
  [{ commandPermissions: {} }, "commandPermissions: must name at least one command, or all would be refused, got none"],
  [{ queryPermissions: {} }, "queryPermissions: must name at least one query, or all would be refused, got none"],
  [{ queryPermissions: undefined }, `queryPermissions: is missing, must be an object, each value ${ROLES.slice(8)}`],
  [
    { queryPermissions: ["GetOrder"] },
    `queryPermissions: must be an object, each value ${ROLES.slice(8)}, got a list of 1`,
  ],
  [{ commandPermissions: { CancelOrder: [] } }, `commandPermissions.CancelOrder: ${ROLES}, got an empty list`],
  [{ commandPermissions: { CancelOrder: "admin" } }, `commandPermissions.CancelOrder: ${ROLES}, got 'admin'`],
  [
    { commandPermissions: { CancelOrder: ["an admin"] } },
    `commandPermissions.CancelOrder[0]: must be ${ROLE}, got 'an admin'`,
  ],
  [{ commandPermissions: { CancelOrder: ["*"] } }, `commandPermissions.CancelOrder[0]: must be ${ROLE}, got '*'`],
  [{ commandPermissions: { CancelOrder: [1] } }, `commandPermissions.CancelOrder[0]: must be ${ROLE}, got 1`],
  [
    { commandPermissions: { CancelOrder: ["a".repeat(65)] } },
    `commandPermissions.CancelOrder[0]: must be ${ROLE}, got '${"a".repeat(57)}...'`,
  ],
  [
    { commandPermissions: { CancelOrder: ["admin", "user", "admin"] } },
    "commandPermissions.CancelOrder[2]: must be given once, got 'admin' twice",
  ],
  [
    { commandPermissions: { CancelOrder: Array.from({ length: 51 }, (_, index) => `role${index}`) } },
    `commandPermissions.CancelOrder: ${ROLES}, got a list of 51`,
  ],
  [{ queryPermissions: { "Get Order": ["user"] } }, `queryPermissions.Get Order: ${TYPE}, got 'Get Order'`],
  [{ queryPermissions: { "": ["user"] } }, `queryPermissions.: ${TYPE}, got ''`],
  [{ queryPermissions: { "1st": ["user"] } }, `queryPermissions.1st: ${TYPE}, got '1st'`],
  [
    { algorithms: ["RS256"] },
    "algorithms: is not a key here, allowed are 'issuer', 'audience', 'publicKey', 'tokenType', 'commandPermissions' and 'queryPermissions'",
  ],
  [{ tokenType: "JWT" }, "tokenType: must be 'at+jwt', got 'JWT'"],
])("%j is refused", (change, line) => {
  expect(linesOf({ ...base, ...change })).toEqual([`auth.${line}`]);
});

test.each<[change: Partial<AuthConfig>]>([
  [{ issuer: "https://auth.example.com:8443/realms/orders" }],
  [{ issuer: "https://auth.example.com" }],
  [{ audience: "https://api.example.com/" }],
  [{ audience: "a".repeat(255) }],
  [{ commandPermissions: { A: ["a".repeat(64)], B_2: ["orders:write", "a.b-c_d"] } }],
  [{ commandPermissions: { A: Array.from({ length: 50 }, (_, index) => `role${index}`) } }],
])("%j is taken", (change) => {
  expect(linesOf({ ...base, ...change })).toEqual([]);
});

test("what JSON can't hold is refused, not measured", () => {
  expect(linesOf({ ...base, tokenType: 1n })).toEqual(["auth.tokenType: must be 'at+jwt', got 1n"]);
});

test("everything that is wrong is said at once", () => {
  expect(
    linesOf({ isuer: "x", publicKey: "", commandPermissions: { A: [] }, queryPermissions: { B: ["b", "b"] } }),
  ).toEqual([
    "auth.isuer: is not a key here, did you mean 'issuer'?",
    `auth.isuer: ${ISSUER}, got 'x'`,
    `auth.audience: is missing, ${AUDIENCE}`,
    `auth.publicKey: ${KEY}, got ''`,
    `auth.commandPermissions.A: ${ROLES}, got an empty list`,
    "auth.queryPermissions.B[1]: must be given once, got 'b' twice",
  ]);
});
