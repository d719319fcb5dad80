import { parse } from "yaml";
import { shareValues } from "./shared-values";
import { yamlOf } from "./yaml-lines";

const policy = { Statement: [{ Effect: "Allow", Action: ["kms:Encrypt", "kms:Decrypt"], Resource: "a".repeat(160) }] };

const REFERENCES = /[&*][a-z][\w.]+/g;

test("what is long and comes again is a reference, named by what has it first", () => {
  const keys = { Keys_logs_E09A8915: { policy, days: 30 }, Keys_cache_6BA354BB: { policy, days: 7 } };
  const tree = { resource: { aws_kms_key: keys } };
  const yaml = yamlOf(shareValues(tree));
  expect(yaml.match(REFERENCES)).toEqual(["&logs_E09A8915.policy", "*logs_E09A8915.policy"]);
  expect(parse(yaml)).toEqual(tree);
});

test("what is within something that comes again is not counted with it", () => {
  const outer = { policy, days: 30 };
  const tree = { a: { outer, days: 1 }, b: { outer, days: 2 } };
  expect(yamlOf(shareValues(tree)).match(REFERENCES)).toEqual(["&a.outer", "*a.outer"]);
});

test("an image that comes again is a reference, and no other text", () => {
  const container = { image: "registry.example.com/jobs:1.0.0", name: "registry.example.com/jobs:1.0.0" };
  const tree = { first: { container, retries: 1 }, second: { container, retries: 2 } };
  const yaml = yamlOf(shareValues(tree));
  expect(yaml.match(REFERENCES)).toEqual(["&container.image", "*container.image"]);
  expect(parse(yaml)).toEqual(tree);
});
