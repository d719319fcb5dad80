import { expanded, jsonIn } from "./json-in-text";

const ARN = "${aws_s3_bucket.Invoices.arn}";
const LOOKUP = '${lookup(local.arns, "invoices", "{}")}';
const NESTED = '${join(",", [for arn in local.arns : "${arn}/*"])}';

test.each([
  ["an object", '{"Version":"2012-10-17"}', { Version: "2012-10-17" }],
  ["an array", "[1, 2]", [1, 2]],
  ["an interpolation", `{"Resource":"${ARN}/*"}`, { Resource: `${ARN}/*` }],
  ["an interpolation with quotes of its own", `{"Resource":"${LOOKUP}"}`, { Resource: LOOKUP }],
  ["an interpolation in an interpolation", `{"Resource":"${NESTED}"}`, { Resource: NESTED }],
  ["an interpolation as a key", `{"Condition":{"${ARN}":"yes"}}`, { Condition: { [ARN]: "yes" } }],
  ["an interpolation that is a whole value", `{"port":${ARN}}`, { port: ARN }],
  ["an escaped quote", '{"say":"\\"${x}\\""}', { say: '"${x}"' }],
  ["what only looks like an interpolation", '{"user":"$${aws:username}"}', { user: "$${aws:username}" }],
])("reads JSON with %s", (_, text, json) => {
  expect(jsonIn(text)).toEqual(json);
});

test.each(["text", "", "5", '"quoted"', "{not json}", "[", ARN, "${jsonencode({})}"])("leaves '%s' alone", (text) => {
  expect(jsonIn(text)).toBeUndefined();
});

test("expands JSON in JSON", () => {
  const dashboard = JSON.stringify({ title: "Lag", uid: ARN });
  const values = JSON.stringify({ dashboards: { lag: dashboard } });
  expect(expanded({ values: [values] })).toEqual({
    values: [{ dashboards: { lag: { title: "Lag", uid: ARN } } }],
  });
});
