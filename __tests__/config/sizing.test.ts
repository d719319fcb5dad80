import { Token } from "cdktf";
import {
  type Compute,
  databaseSizingProblems,
  EC2,
  instanceTypeFor,
  nodeSizingProblems,
  RDS,
  sizingProblems,
} from "../../lib/config/sizing";

const asked = (cores: number, gib: number): Compute => ({
  cpu: cores === 1 ? "1 core" : (`${cores} cores` as Compute["cpu"]),
  memory: `${gib}GB` as Compute["memory"],
});

test.each<[cores: number, gib: number, x86: string | undefined, arm64: string | undefined]>([
  [4, 16, "m7i.xlarge", "m8g.xlarge"],
  [8, 32, "m7i.2xlarge", "m8g.2xlarge"],
  [1, 1, "c7i.large", "c8g.medium"],
  [1, 4, "c7i.large", "m8g.medium"],
  [2, 4, "c7i.large", "c8g.large"],
  [2, 8, "m7i.large", "m8g.large"],
  [2, 16, "r7i.large", "r8g.large"],
  [2, 32, "x8i.large", "x8g.large"],
  [1, 32, "x8i.large", undefined],
  [4, 1, "c7i.xlarge", "c8g.xlarge"],
  [4, 17, "r7i.xlarge", "r8g.xlarge"],
  [4, 24, "r7i.xlarge", "r8g.xlarge"],
  [4, 64, "x8i.xlarge", "x8g.xlarge"],
  [3, 13, "m7i.xlarge", "m8g.xlarge"],
  [5, 8, "c7i.2xlarge", "c8g.2xlarge"],
  [6, 30, "m7i.2xlarge", "m8g.2xlarge"],
  [33, 64, "c7i.12xlarge", "c8g.12xlarge"],
  [65, 256, "m7i.24xlarge", "m8g.24xlarge"],
  [192, 768, "m7i.48xlarge", "m8g.48xlarge"],
  [192, 3072, "x8i.48xlarge", "x8g.48xlarge"],
  [4, 65, undefined, undefined],
  // More than the others have, and the only size that has as many.
  [193, 193, "x8i.64xlarge", undefined],
  [385, 193, undefined, undefined],
  [192, 3073, undefined, undefined],
])("%d cores and %d GiB are %s, or %s", (cores, gib, x86, arm64) => {
  expect(instanceTypeFor(asked(cores, gib), EC2.x86_64)).toBe(x86);
  expect(instanceTypeFor(asked(cores, gib), EC2.arm64)).toBe(arm64);
});

test.each<[cores: number, gib: number, type: string | undefined]>([
  [4, 16, "db.m8g.xlarge"],
  [2, 8, "db.m8g.large"],
  [1, 1, "db.m8g.large"],
  [2, 16, "db.r8g.large"],
  [192, 1536, "db.r8g.48xlarge"],
  [2, 17, undefined],
])("a database of %d cores and %d GiB is a %s", (cores, gib, type) => {
  expect(instanceTypeFor(asked(cores, gib), RDS)).toBe(type);
});

// What EC2 offers in Regions that lack a family of the newest generations.
test.each<[region: string | undefined, cores: number, gib: number, x86: string | undefined, database: string]>([
  [undefined, 4, 16, "m7i.xlarge", "db.m8g.xlarge"],
  ["eu-central-1", 4, 16, "m7i.xlarge", "db.m8g.xlarge"],
  ["ca-west-1", 4, 16, "m6i.xlarge", "db.m8g.xlarge"],
  ["ca-west-1", 4, 32, "r6i.xlarge", "db.r8g.xlarge"],
  ["me-south-1", 4, 8, "c6i.xlarge", "db.m8g.xlarge"],
  ["il-central-1", 4, 16, "m7i.xlarge", "db.m7g.xlarge"],
  ["il-central-1", 4, 32, "r6i.xlarge", "db.r7g.xlarge"],
  ["us-west-1", 4, 64, undefined, "db.r8g.2xlarge"],
  // Of which no answer of EC2 is known.
  ["mx-central-1", 4, 16, "m7i.xlarge", "db.m8g.xlarge"],
])("in %s, %d cores and %d GiB are %s", (region, cores, gib, x86, database) => {
  expect(instanceTypeFor(asked(cores, gib), EC2.x86_64, region)).toBe(x86);
  const enough = gib > 32 ? asked(2 * cores, gib) : asked(cores, gib);
  expect(instanceTypeFor(enough, RDS, region)).toBe(database);
});

describe("a database", () => {
  const paths = { resources: "database", instanceClass: "instanceClass" };

  test.each([undefined, "db.m8g.xlarge", "db.r6g.2xlarge", "db.m7i.xlarge", Token.asString({ resolve: () => "late" })])(
    "of class %s holds what is asked",
    (instanceClass) => {
      expect(databaseSizingProblems({ resources: asked(4, 16), instanceClass }, paths)).toEqual([]);
    },
  );

  test("of a class that is too small is refused", () => {
    expect(databaseSizingProblems({ resources: asked(4, 16), instanceClass: "db.m8g.large" }, paths)).toEqual([
      { path: "instanceClass", message: "must hold '4 cores' and '16GB', got db.m8g.large (2 cores, 8GB)" },
    ]);
  });

  test("that no class of the Region holds is refused", () => {
    expect(databaseSizingProblems({ resources: asked(2, 64), region: "il-central-1" }, paths)).toEqual([
      {
        path: "database",
        message:
          "no instance type has '2 cores' with '64GB' in il-central-1, the nearest are db.r7g.large (2 cores, 16GB) and db.r7g.2xlarge (8 cores, 64GB)",
      },
    ]);
  });
});

test.each([
  [EC2.x86_64, 500, 16, "are x8i.96xlarge (384 cores, 6144GB) and c7i.2xlarge (8 cores, 16GB)"],
  [EC2.x86_64, 4, 512, "are x8i.xlarge (4 cores, 64GB) and x8i.8xlarge (32 cores, 512GB)"],
  [EC2.arm64, 1, 17, "is x8g.medium (1 core, 16GB)"],
  [EC2.arm64, 1, 30, "are x8g.medium (1 core, 16GB) and x8g.large (2 cores, 32GB)"],
  [EC2.x86_64, 1000, 100_000, "is x8i.96xlarge (384 cores, 6144GB)"],
])("where none has what is asked, the nearest are named: %#", (catalogue, cores, gib, nearest) => {
  expect(sizingProblems(asked(cores, gib), "resources", catalogue)).toEqual([
    {
      path: "resources",
      message: `no instance type has '${asked(cores, gib).cpu}' with '${gib}GB', the nearest ${nearest}`,
    },
  ]);
});

describe("an instance type of one's own choice", () => {
  const PATHS = { resources: "resources", instanceType: "instanceType" };
  const said = (instanceType: string, instructionSet?: "x86_64" | "arm64") =>
    nodeSizingProblems({ resources: asked(4, 16), instanceType, instructionSet }, PATHS).map((it) => it.message);

  test.each(["m7i.xlarge", "m7a.2xlarge", "r5.xlarge", "c7i.2xlarge", "g5.xlarge", "m7i.metal-24xl", "t3.xlarge"])(
    "may be %s, which holds what is asked or is not known to hold less",
    (name) => {
      expect(said(name)).toEqual([]);
    },
  );

  test.each(["m8g.xlarge", "c7gn.2xlarge", "m7gd.xlarge"])("may be %s where nodes run arm64", (name) => {
    expect(said(name, "arm64")).toEqual([]);
    expect(said(name)).toEqual([`must be a type of 'x86_64', got '${name}' of 'arm64'`]);
  });

  test("is of the other instruction set where nodes run arm64", () => {
    expect(said("m7i.xlarge", "arm64")).toEqual(["must be a type of 'arm64', got 'm7i.xlarge' of 'x86_64'"]);
  });

  test("must hold what is asked", () => {
    expect(said("m7i.large")).toEqual(["must hold '4 cores' and '16GB', got m7i.large (2 cores, 8GB)"]);
    expect(said("c7i.xlarge")).toEqual(["must hold '4 cores' and '16GB', got c7i.xlarge (4 cores, 8GB)"]);
    expect(said("t3.large")).toEqual(["must hold '4 cores' and '16GB', got t3.large (2 cores, 8GB)"]);
    expect(said("c5.9xlarge")).toEqual([]);
    expect(said("r8g.medium", "arm64")).toEqual(["must hold '4 cores' and '16GB', got r8g.medium (1 core, 8GB)"]);
  });

  test("may be Terraform's to compute", () => {
    expect(said(Token.asString({ resolve: () => "m7i.large" }))).toEqual([]);
  });
});
