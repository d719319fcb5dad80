import { instanceTypeOf, isInstanceType } from "../../lib/config/instance-types";

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
])("%s runs %s and has %i vCPUs and %i GiB", (name, runs, cores, gib) => {
  expect(instanceTypeOf(name)).toEqual({ name, runs, cores, gib });
});

test.each([
  ["g5.xlarge", "x86_64"],
  ["i8g.2xlarge", "arm64"],
])("of %s it is known that it runs %s, and no more", (name, runs) => {
  expect(instanceTypeOf(name)).toEqual({ name, runs });
});
