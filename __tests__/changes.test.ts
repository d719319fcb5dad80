import { production } from "../environments/production";
import { CHANGES, differences } from "./support/synthesis/changes";
import { synthesizedOnce } from "./support/synthesis/synthesized-once";

const before = synthesizedOnce({ production });

test.each(CHANGES)("$key changes only what it names", ({ from, of, touches }) => {
  const was = from === undefined ? before : synthesizedOnce({ production: from(production) });
  expect(differences(was, synthesizedOnce({ production: of(production) }))).toEqual(touches);
});

test("the password versions of an environment change the secrets of their users alone", () => {
  const { readStore, monitoring } = production;
  const raised = {
    ...production,
    readStore: { ...readStore, passwordVersion: 2 },
    monitoring: {
      ...monitoring,
      grafana: { ...monitoring?.grafana, passwordVersion: 2 },
      logs: { ...monitoring?.logs, passwordVersion: 2 },
    },
  };
  expect(differences(before, synthesizedOnce({ production: raised }))).toEqual(
    [
      "production-monitoring: aws_secretsmanager_secret_version.Monitoring_Administrator_Version",
      "production-monitoring: aws_secretsmanager_secret_version.Monitoring_Login-log-keeper_Version",
      "production-monitoring: aws_secretsmanager_secret_version.Monitoring_Login-log-reader_Version",
      "production-monitoring: aws_secretsmanager_secret_version.Monitoring_Login-log-shipper_Version",
      "production-read-store: aws_secretsmanager_secret_version.Database_MasterPassword_Version",
    ].map((address) => `${address} secret_string_wo_version`),
  );
});

test("a renamed administrator changes nothing", () => {
  const { administrators } = production;
  const renamed = Object.fromEntries(Object.entries(administrators).map(([name, arn]) => [`new-${name}`, arn]));
  expect(differences(before, synthesizedOnce({ production: { ...production, administrators: renamed } }))).toEqual([]);
});

test("services come to clusters that stood without, and nothing of what stood is replaced or destroyed", () => {
  const { services: _, ...alone } = production;
  const came = differences(synthesizedOnce({ production: alone }), before).filter((line) => !line.includes(" + "));
  // Of the stores' and clusters' own stacks, only what they tell others is more.
  const others = came.filter((line) => !/: (?:output|\/\/) $/.test(line));
  // Monitoring may then read what is secret, and has more to watch.
  expect(others.filter((line) => !/^production-(?:write-)?monitoring: /.test(line) || line.includes(" - "))).toEqual(
    [],
  );
});

test("a replica and access logs come to buckets that stood without, and nothing of what stood is changed", () => {
  const { accessLogs: _, state: __, ...without } = production;
  const came = differences(synthesizedOnce({ production: without }), before).filter((line) => !line.includes(" + "));
  expect(came).toEqual(["production-state: // ", "production-state: data ", "production-state: output "]);
});

test("a second Region comes to a recovery that stood without, and nothing of what stood is replaced or destroyed", () => {
  const without = { ...production, recovery: { ...production.recovery, secondRegion: undefined } };
  const came = differences(synthesizedOnce({ production: without }), before).filter((line) => !line.includes(" + "));
  expect(came.map((line) => line.replace(/(copy_action).*/, "$1"))).toEqual([
    "production-recovery: // ",
    ...Array(3).fill("production-recovery: aws_backup_plan.Recovery_DatabasePlan rule.0.copy_action"),
    ...Array(3).fill("production-recovery: aws_backup_plan.Recovery_DatabasePlan rule.1.copy_action"),
    ...Array(3).fill("production-recovery: aws_backup_plan.Recovery_Plan rule.0.copy_action"),
    // S3 may tell it of what could not be copied.
    "production-recovery: aws_sns_topic_policy.Recovery_FailedJobs_TopicPolicy policy",
    "production-recovery: output ",
  ]);
});

test("a difference that nobody named is found", () => {
  const elsewhere = { ...production, network: { ...production.network, natGateways: "single" } as const };
  expect(differences(before, synthesizedOnce({ production: elsewhere })).length).toBeGreaterThan(0);
});
