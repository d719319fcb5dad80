import { Token } from "cdktf";
import { production } from "../../environments/production";
import { environmentProblems } from "../../lib/config/environment";
import { environmentsFromJson } from "../../lib/config/environments-from-json";
import { withValueAt } from "../support/synthesis/places";

const jsonWith = (keys: readonly (string | number)[], value: unknown): string =>
  JSON.stringify({ production: withValueAt(production, keys, value) });

test("environments from JSON are those that were written", () => {
  const { production: read } = environmentsFromJson(JSON.stringify({ production }));
  expect(read).toEqual(production);
  expect(environmentProblems("production", read)).toEqual([]);
});

const made = Token.asString({ resolve: () => "late" });
const failureTopic = ["recovery", "failureTopic"];

test.each<[what: string, json: string, line: string]>([
  [
    "a token that the program has made",
    jsonWith(failureTopic, made),
    "production.recovery.failureTopic: must have no token, got a token",
  ],
  [
    "one next to an expression of Terraform's",
    jsonWith(failureTopic, `\${file("/etc/hostname")}${made}`),
    "production.recovery.failureTopic: must have no token, got a token",
  ],
  [
    "one that the program has not made",
    jsonWith(failureTopic, "${TfToken[TOKEN.1000000]}"),
    "production.recovery.failureTopic: must have no token, got '${TfToken[TOKEN.1000000]}'",
  ],
  [
    "a number",
    jsonWith(["infrastructure", "writeCluster", "nodes"], Token.asNumber({ resolve: () => 1 })),
    "production.infrastructure.writeCluster.nodes: must have no token, got a number token",
  ],
  [
    "the element of a list",
    jsonWith(["auth", "commandPermissions", "CreateOrder", 0], Token.asList({ resolve: () => [] })[0]),
    "production.auth.commandPermissions.CreateOrder[0]: must have no token, got '#{TfToken[TOKEN.",
  ],
  ["a key", jsonWith(["tags"], { "&{TfToken[nope]}": "x" }), "production.tags.&{TfToken[nope]}: must have no token in"],
  ["no JSON", "{ production: ", "environments: must be JSON, got Expected property name"],
  [
    "an environment that is there twice",
    `{"production":${JSON.stringify(production)},"production":{}}`,
    "production: must be given once, got it twice",
  ],
  [
    "a key that is there twice",
    JSON.stringify({ production }).replace('"region":', '"region":"eu-west-1","region":'),
    "production.region: must be given once, got it twice",
  ],
  [
    "what is nested deeply",
    `{"production":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
    `production${"[0]".repeat(62)}`,
  ],
  ["a list", "[]", "environments: must be an object of environments by their names, got an empty list"],
])("is refused: %s", (_, json, line) => {
  expect(() => environmentsFromJson(json)).toThrow(
    `1 problem in the configuration, nothing was synthesized:\n  ${line}`,
  );
});
