import { App, Lazy, TerraformStack, Token } from "cdktf";
import {
  checkProps,
  computableListOf,
  isTrueOrFalse,
  known,
  listOf,
  mapOf,
  oneOf,
  optional,
  type Rule,
  type Rules,
  refined,
  shape,
  text,
  unique,
  wholeNumber,
} from "../../lib/core/rules";

interface Backup {
  readonly frequency: string;
  readonly copies: number;
  readonly keep?: number;
}

const RULES: Rules<Backup> = {
  frequency: oneOf(["hourly", "daily"]),
  copies: wholeNumber({ min: 1, max: 9 }),
  keep: optional(wholeNumber({ min: 1, max: 9 })),
};
const isBackup = shape<Backup>(RULES, {
  between: ["copies", "keep"],
  problemsOf: ({ copies, keep = 1 }, path) =>
    keep <= copies ? [] : [{ path: `${path}.keep`, message: `must be at most ${copies}, got ${keep}` }],
});

const linesOf = (rule: Rule, value: unknown): string[] =>
  rule.problemsOf(value, "backup").map(({ path, message }) => `${path}: ${message}`);

describe("a whole number", () => {
  const rule = wholeNumber({ min: 0, max: 3 });

  test.each([0, 3, -0, Token.asNumber({ resolve: () => 99 })])("may be %p", (value) => {
    expect(linesOf(rule, value)).toEqual([]);
  });

  test.each([-1, 4, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, "1", 1n, true, null, [1], {}])(
    "can't be %p",
    (value) => {
      expect(linesOf(rule, value)).toEqual([
        expect.stringMatching(/^backup: must be a whole number from 0 to 3, got /),
      ]);
    },
  );
});

describe("an object of known keys", () => {
  test.each([
    { frequency: "daily", copies: 1 },
    { frequency: "daily", copies: 1, keep: undefined },
    Object.assign(Object.create(null), { frequency: "daily", copies: 1 }),
    Object.freeze({ frequency: "daily", copies: 1 }),
    {
      frequency: "daily",
      get copies() {
        return 1;
      },
    },
  ])("may be %p", (value) => {
    expect(linesOf(isBackup, value)).toEqual([]);
  });

  test.each([null, 5, "{}", [], true, () => ({}), Symbol("s"), 1n, Number.NaN, new Map(), new Date(0)])(
    "can't be %p",
    (value) => {
      expect(linesOf(isBackup, value)).toEqual([
        expect.stringMatching(/^backup: must be an object with 'frequency' and 'copies', got /),
      ]);
    },
  );

  test("is missing as a whole", () => {
    expect(linesOf(isBackup, undefined)).toEqual([
      "backup: is missing, must be an object with 'frequency' and 'copies'",
    ]);
  });

  class Backup {
    readonly frequency = "daily";
    readonly copies = 1;
  }

  test.each<[object, string]>([
    [new Backup(), "a value of type Backup"],
    [Object.create({ frequency: "daily", copies: 1 }), "an object with inherited keys"],
  ])("is plain, so that a copy has the same keys: not %p", (value, got) => {
    expect(linesOf(isBackup, value)).toEqual([`backup: must be an object with 'frequency' and 'copies', got ${got}`]);
  });

  test("may refer to itself where no rule looks, which is no key of it", () => {
    const circle: Record<string, unknown> = { frequency: "daily", copies: 1 };
    circle.self = circle;
    expect(linesOf(isBackup, circle)).toEqual([
      "backup.self: is not a key here, allowed are 'frequency', 'copies' and 'keep'",
    ]);
  });

  test.each(["__proto__", "constructor", "toString"])("has no key %s", (key) => {
    const value = JSON.parse(`{ "frequency": "daily", "copies": 1, "${key}": { "copies": 2 } }`);
    expect(linesOf(isBackup, value)).toEqual([
      `backup.${key}: is not a key here, allowed are 'frequency', 'copies' and 'keep'`,
    ]);
  });

  test.each([
    Token.asAny({ resolve: () => ({}) }),
    Token.asAnyMap({ resolve: () => ({}) }),
    Token.asString({ resolve: () => "{}" }),
    Lazy.anyValue({ produce: () => ({}) }),
  ])("can't be a token", (token) => {
    expect(linesOf(isBackup, token)).toEqual([
      "backup: must be an object with 'frequency' and 'copies', known at synth, got a token",
    ]);
  });
});

describe("a key that is none", () => {
  const KEYS =
    "type provider backup frequency retention monitoring prometheus elasticStack writeCluster readCluster readClusterSize cpu";
  const rules = Object.fromEntries(KEYS.split(" ").map((key) => [key, optional(oneOf(["x"]))]));

  test.each([
    ["retension", "retention"],
    ["retentionDays", "retention"],
    ["monitorng", "monitoring"],
    ["elasticstack", "elasticStack"],
    ["elastic_stack", "elasticStack"],
    ["elastic", "elasticStack"],
    ["prometeus", "prometheus"],
    ["writecluster", "writeCluster"],
    ["write_cluster", "writeCluster"],
    ["WriteCluster", "writeCluster"],
    ["write-cluster", "writeCluster"],
    ["readClustre", "readCluster"],
    ["readclustersize", "readClusterSize"],
    ["frequncy", "frequency"],
    ["backups", "backup"],
    ["Type", "type"],
    ["cpus", "cpu"],
  ])("%s is answered with %s", (stranger, meant) => {
    expect(linesOf(shape(rules), { [stranger]: "x" })).toEqual([
      `backup.${stranger}: is not a key here, did you mean '${meant}'?`,
    ]);
  });

  test.each(["datadog", "kibana", "x", "ci", ""])("%j resembles none", (stranger) => {
    expect(linesOf(shape(rules), { [stranger]: "x" })).toEqual([
      `backup.${stranger}: is not a key here, allowed are 'type', 'provider', 'backup', 'frequency', 'retention', 'monitoring', 'prometheus', 'elasticStack', 'writeCluster', 'readCluster', 'readClusterSize' and 'cpu'`,
    ]);
  });

  test("has its value checked as the meant one's, so that both are told at once", () => {
    expect(linesOf(isBackup, { frequncy: "minutely", copies: 1 })).toEqual([
      "backup.frequncy: is not a key here, did you mean 'frequency'?",
      "backup.frequncy: must be 'hourly' or 'daily', got 'minutely'",
    ]);
  });

  test("is told as one too many where the meant one is there", () => {
    expect(linesOf(isBackup, { frequncy: "minutely", frequency: "daily", copies: 1 })).toEqual([
      "backup.frequncy: is not a key here, did you mean 'frequency', which is there too?",
    ]);
  });
});

describe("a relation of keys", () => {
  test("is judged beside other keys that are wrong", () => {
    expect(linesOf(isBackup, { frequency: "never", copies: 2, keep: 3 })).toEqual([
      "backup.frequency: must be 'hourly' or 'daily', got 'never'",
      "backup.keep: must be at most 2, got 3",
    ]);
  });

  test.each([
    [{ frequency: "daily", copies: 0, keep: 3 }, ["backup.copies: must be a whole number from 1 to 9, got 0"]],
    [{ frequency: "daily", copys: 2, keep: 3 }, ["backup.copys: is not a key here, did you mean 'copies'?"]],
    [{ frequency: "daily", keep: 3 }, ["backup.copies: is missing, must be a whole number from 1 to 9"]],
  ])("is not judged where one of its own is wrong, misspelt or missing: %j", (value, lines) => {
    expect(linesOf(isBackup, value)).toEqual(lines);
  });
});

describe("a list", () => {
  const rule = listOf(oneOf(["a", "b", "c"]), { min: 2, max: 3 });
  const ALLOWED = "a list of 2 to 3, each 'a', 'b' or 'c'";

  test("has every item told", () => {
    expect(linesOf(rule, ["x", "a", 5])).toEqual([
      "backup[0]: must be 'a', 'b' or 'c', got 'x'",
      "backup[2]: must be 'a', 'b' or 'c', got 5",
    ]);
  });

  test("has holes told as what is missing", () => {
    const sparse = ["a"];
    sparse[2] = "b";
    expect(linesOf(rule, sparse)).toEqual(["backup[1]: is missing, must be 'a', 'b' or 'c'"]);
  });

  test("that is too short has its items told too, one that is too long has not", () => {
    expect(linesOf(rule, ["x"])).toEqual([
      `backup: must be ${ALLOWED}, got a list of 1`,
      "backup[0]: must be 'a', 'b' or 'c', got 'x'",
    ]);
    expect(linesOf(rule, new Array(2 ** 32 - 1))).toEqual([`backup: must be ${ALLOWED}, got a list of 4294967295`]);
  });

  test.each([null, "a", { 0: "a", length: 1 }, new Set(["a"])])("can't be %p", (value) => {
    expect(linesOf(rule, value)).toEqual([expect.stringContaining(`backup: must be ${ALLOWED}, got `)]);
  });

  test("is known at synth, where each of its elements is used", () => {
    const computed = Token.asList({ resolve: () => ["a"] });
    expect(linesOf(rule, computed)).toEqual([`backup: must be ${ALLOWED}, known at synth, got a list token`]);
    expect(linesOf(unique(rule), computed)).toEqual(linesOf(rule, computed));
  });

  test("may be a token of a list where it is used as a whole, and of nothing else", () => {
    const whole = computableListOf(oneOf(["a", "b", "c"]), { min: 2, max: 3 });
    expect(linesOf(whole, Token.asList({ resolve: () => ["a"] }))).toEqual([]);
    expect(linesOf(whole, Token.asString({ resolve: () => "a" }))).toEqual([`backup: must be ${ALLOWED}, got a token`]);
  });

  test("tells what stands twice, once for each time too many, beside what is wrong", () => {
    expect(linesOf(unique(rule), ["a", "x", "a"])).toEqual([
      "backup[1]: must be 'a', 'b' or 'c', got 'x'",
      "backup[2]: must be given once, got 'a' twice",
    ]);
    expect(linesOf(unique(rule), [Number.NaN, Number.NaN])).toHaveLength(2);
  });
});

describe("an object of the user's own keys", () => {
  const rule = mapOf(wholeNumber({ min: 1, max: 3 }), text("named by lower-case letters", /^[a-z_]+$/));

  test("has keys and values told", () => {
    expect(linesOf(rule, { a: 1, B: 2, c: 0 })).toEqual([
      "backup.B: must be named by lower-case letters, got 'B'",
      "backup.c: must be a whole number from 1 to 3, got 0",
    ]);
  });

  test("has no key that JavaScript would lose in a copy", () => {
    expect(linesOf(rule, JSON.parse('{ "__proto__": 1 }'))).toEqual([
      "backup.__proto__: must be another name, got '__proto__'",
    ]);
  });

  test("has no key that is a token, nor is it one", () => {
    const token = Token.asString({ resolve: () => "a" });
    expect(linesOf(rule, { [token]: 1 })).toEqual([
      `backup.${token}: must be named by lower-case letters, known at synth, got a token`,
    ]);
    expect(linesOf(rule, Token.asNumberMap({ resolve: () => ({ a: 1 }) }))).toEqual([
      "backup: must be an object, each value a whole number from 1 to 3, known at synth, got a token",
    ]);
  });

  test.each([null, [], "a", new Map([["a", 1]])])("can't be %p", (value) => {
    expect(linesOf(rule, value)).toEqual([
      expect.stringContaining("backup: must be an object, each value a whole number from 1 to 3, got "),
    ]);
  });
});

describe("tokens", () => {
  const late = Token.asString({ resolve: () => "late" });

  test("pass where one value is wanted, but a list's does not", () => {
    expect(linesOf(text("a name", /^a$/), late)).toEqual([]);
    expect(linesOf(text("a name", /^a$/), `x-${late}`)).toEqual([]);
    expect(linesOf(text("a name", /^a$/), Token.asList({ resolve: () => ["a"] }))).toEqual([
      "backup: must be a name, got a list token",
    ]);
  });

  test.each<[Rule, string]>([
    [known(text("a name", /^a$/)), "a name"],
    [oneOf(["a", "b"]), "'a' or 'b'"],
    [isTrueOrFalse, "true or false"],
  ])("are told as too late where it is decided by the value what to make", (rule, allowed) => {
    expect(linesOf(rule, late)).toEqual([`backup: must be ${allowed}, known at synth, got a token`]);
  });
});

test("a refined rule checks only what is sound by itself", () => {
  const rule = refined<string>(text("a word", /^\w+$/), (word, path) =>
    word.length > 3 ? [{ path, message: `must be short, got ${word.length} letters` }] : [],
  );
  expect(linesOf(rule, "long")).toEqual(["backup: must be short, got 4 letters"]);
  expect(linesOf(rule, "not a word")).toEqual(["backup: must be a word, got 'not a word'"]);
  expect(linesOf(optional(rule), undefined)).toEqual([]);
});

test("a construct's props are checked, and returned, without keys that are undefined", () => {
  const stack = new TerraformStack(new App(), "orders");
  const props = { frequency: "daily", copies: 1, keep: undefined, kept: undefined };
  expect(checkProps<Backup>(stack, props, RULES)).toStrictEqual({ frequency: "daily", copies: 1 });
});

test("a construct's props are told under the construct's path", () => {
  const stack = new TerraformStack(new App(), "orders");
  expect(() => checkProps(stack, { frequency: "daily", copies: 0 }, RULES)).toThrow(
    "1 problem in the configuration, nothing was synthesized:\n  orders.copies: must be a whole number from 1 to 9, got 0",
  );
});
