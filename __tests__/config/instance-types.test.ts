import { EC2_FAMILIES } from "../../lib/config/ec2-families";
import {
  instanceClassOf,
  instanceTypeOf,
  isInstanceClass,
  isInstanceType,
  typesOf,
} from "../../lib/config/instance-types";

test.each([
  ...["m7i.large", "m7i.2xlarge", "m7i-flex.16xlarge", "c7gn.medium", "m8i.96xlarge", "m7i.metal-24xl", "c5.metal"],
  ...[
    "x8g.48xlarge",
    "u7i-12tb.224xlarge",
    "inf2.xlarge",
    "t4g.small",
    "r7iz.32xlarge",
    "g6f.large",
    "c5.9xlarge",
    "m8i-flex.large",
    ...["m9g.xlarge", "m9gd.large", "m8in.large", "m8ib.xlarge", "c9g.large", "p6e-gb200.36xlarge", "g4ad.xlarge"],
  ],
])("%s is an instance type", (name) => {
  expect(isInstanceType.problemsOf(name, "instanceType")).toEqual([]);
});

test.each([
  "m7i",
  "large",
  "m7i.nano",
  "t3.micro",
  "M7i.large",
  "m7i.0xlarge",
  "m7i.1xlarge",
  "m7i.02xlarge",
  "m7i large",
  "m7i.5xlarge",
  "m5.medium",
  "c7i.96xlarge",
  "zz9.xlarge",
  "m7x.large",
  "c4.xlarge",
  "m7i.large.large",
  "constructor.large",
  "t3.constructor",
  4,
])("%s is none that nodes run on", (name) => {
  expect(isInstanceType.problemsOf(name, "instanceType")).toHaveLength(1);
});

test.each([
  ["m7i.xlarge", "x86_64", 4, 16],
  ["m7i-flex.xlarge", "x86_64", 4, 16],
  ["c5.9xlarge", "x86_64", 36, 72],
  ["c6in.32xlarge", "x86_64", 128, 256],
  ["m7a.medium", "x86_64", 1, 4],
  ["r8g.48xlarge", "arm64", 192, 1536],
  ["m7i.metal-24xl", "x86_64", 96, 384],
  ["t3.medium", "x86_64", 2, 4],
  ["t4g.2xlarge", "arm64", 8, 32],
  ["g5.xlarge", "x86_64", 4, 16],
  ["i8g.2xlarge", "arm64", 8, 64],
  ["m9g.xlarge", "arm64", 4, 16],
])("%s runs %s and has %i vCPUs and %i GiB", (name, runs, cores, gib) => {
  expect(instanceTypeOf(name)).toEqual({ name, runs, cores, gib });
});

test.each([
  ["g4ad.xlarge", "x86_64"],
  ["p6e-gb200.36xlarge", "arm64"],
])("of %s it is known that it runs %s, and no more", (name, runs) => {
  expect(instanceTypeOf(name)).toEqual({ name, runs });
});

test("each type of the data has a name of EC2's, and numbers that a machine can have", () => {
  const types = Object.keys(EC2_FAMILIES).flatMap((family) => typesOf(family));
  expect(types.length).toBeGreaterThan(1000);
  for (const { name, runs, cores = 2, gib = 4 } of types) {
    expect(name).toMatch(/^[a-z][a-z0-9-]*\.(?:small|medium|large|\d*xlarge|metal(?:-\d+xl)?)$/);
    expect(["x86_64", "arm64"]).toContain(runs);
    expect(Number.isInteger(cores) && cores >= 1 && gib >= 1).toBe(true);
  }
});

test.each([
  ["db.m8g.xlarge", 4, 16],
  ["db.r7g.16xlarge", 64, 512],
  ["db.m6i.large", 2, 8],
  ["db.x2g.large", 2, 32],
  ["db.t4g.medium", 2, 4],
])("%s is an RDS class of %i vCPUs and %i GiB", (name, cores, gib) => {
  expect(isInstanceClass.problemsOf(name, "instanceClass")).toEqual([]);
  expect(instanceClassOf(name)).toMatchObject({ name, cores, gib });
});

test.each(["m8g.xlarge", "db.m8g", "db.c7g.large", "db.m8g.metal-24xl", "db.g5.xlarge", "db.M8g.large", 4])(
  "%s is no RDS class of PostgreSQL's",
  (name) => {
    expect(isInstanceClass.problemsOf(name, "instanceClass")).toHaveLength(1);
  },
);
