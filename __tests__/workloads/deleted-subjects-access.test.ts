import { DELETED_SUBJECTS } from "../../lib/config/recovery";
import { CommandApi } from "../../lib/workloads/command-api";
import { CommandProcessors } from "../../lib/workloads/command-processors";
import { deletedSubjectsAccess, isDeletedSubjectsPlace } from "../../lib/workloads/deleted-subjects-access";
import { entryKey } from "../../runtime/recovery/subjects/ledger";
import { auth, eventStore, placeIn } from "../support/synthesis/services";
import { keys } from "../support/synthesis/surroundings";
import { resourceOf, resourcesOf, synthesizeStack } from "../support/synthesis/synthesized";

const place = { bucket: "orders-backups-1", arn: "arn:aws:s3:::orders-backups-1", keyArn: keys.backups };
const LEDGER = "arn:aws:s3:::orders-backups-1/deleted-subjects/*";
const STATEMENTS = [
  { Action: "s3:PutObject", Resource: LEDGER, Condition: { Null: { "s3:if-none-match": "false" } } },
  { Action: "s3:GetObject", Resource: LEDGER },
  {
    Action: ["kms:GenerateDataKey"],
    Resource: keys.backups,
    Condition: { StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" } },
  },
];

test("entries are added, and neither replaced nor deleted, listed or opened", () => {
  expect(deletedSubjectsAccess(place, "eu-central-1")).toEqual([
    {
      variables: { DELETED_SUBJECTS_BUCKET: "orders-backups-1" },
      statements: STATEMENTS,
      ways: [{ peer: { cidr: "0.0.0.0/0" }, port: 443 }],
    },
  ]);
});

test("without a bucket there is nothing", () => {
  expect(deletedSubjectsAccess(undefined, "eu-central-1")).toEqual([]);
});

test("what may be written is where the runtime writes, and what the bucket never lets expire", () => {
  expect(LEDGER).toBe(`${place.arn}/${DELETED_SUBJECTS}*`);
  expect(entryKey("customer-7").startsWith(DELETED_SUBJECTS)).toBe(true);
});

test.each([
  [
    "command-api",
    synthesizeStack((stack) => {
      const images = { blue: "ghcr.io/acme/command-api:1.4.2", green: "ghcr.io/acme/command-api:1.4.1" } as const;
      const how = { images, active: "blue", instances: 3, healthCheck: "/health" } as const;
      new CommandApi(stack, "Api", { ...how, ...placeIn(stack), auth, eventStore, deletedSubjects: place });
    }),
  ],
  [
    "command-processors",
    synthesizeStack((stack) => {
      const how = { image: "ghcr.io/acme/processors:1.0.0", instances: 5, scaling: "fixed" } as const;
      new CommandProcessors(stack, "Processors", { ...how, ...placeIn(stack), eventStore, deletedSubjects: place });
    }),
  ],
])("%s is told of the bucket, has the right and the way", (name, tf) => {
  const [variables] = resourcesOf(tf, "kubernetes_config_map_v1").filter(({ metadata }) =>
    (metadata as { name: string }).name.startsWith(`${name}-variables`),
  );
  expect(variables?.data).toMatchObject({ DELETED_SUBJECTS_BUCKET: "orders-backups-1" });
  expect(JSON.parse(String(resourceOf(tf, "aws_iam_role_policy").policy)).Statement).toEqual(
    STATEMENTS.map((statement) => ({ Effect: "Allow", ...statement })),
  );
  expect(JSON.stringify(resourceOf(tf, "kubernetes_network_policy_v1").spec)).toContain('"cidr":"0.0.0.0/0"');
});

test.each<[object, string]>([
  [{ ...place, bucket: "" }, "place.bucket: must be a text, got ''"],
  [{ ...place, keyArn: "alias/backups" }, "place.keyArn: must be the ARN of a KMS key, got 'alias/backups'"],
])("%j is refused", (value, line) => {
  const lines = isDeletedSubjectsPlace.problemsOf(value, "place").map(({ path, message }) => `${path}: ${message}`);
  expect(lines).toEqual([line]);
});
