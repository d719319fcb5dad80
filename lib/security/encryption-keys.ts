import { Construct } from "constructs";
import { Account } from "../core/account";
import { isKeyArn } from "../core/arns";
import { nameOf } from "../core/names";
import { alternatives } from "../core/problems";
import { checkProps, given, isTrueOrFalse, optional, type Rule, type Rules, refined } from "../core/rules";
import { EncryptionKey } from "./encryption-key";
import type { Statement } from "./policy";

/** What a key protects: one key each, so that access to one kind of data is not access to another. */
export const KEY_DOMAINS = {
  clusters: "Secrets of the Kubernetes clusters",
  volumes: "Volumes of nodes and pods",
  database: "Read database, its snapshots and its performance data",
  cache: "Read cache and its snapshots",
  secrets: "Secrets Manager",
  logs: "CloudWatch logs",
  fields: "Personal fields and events, which the services encrypt",
  backups: "Backups: the vault, exports and the keys that they are encrypted with",
} as const;

/**
 * Exports must open where their Region is gone: data keys of theirs are wrapped by this key, and a single-Region key is nowhere
 * else. It is one that can be replicated from the first, whether or not there is a second Region yet: KMS never makes a key of
 * one Region into one of several, and by another key nothing opens that was exported before.
 */
const MULTI_REGION: readonly KeyDomain[] = ["backups"];

export type KeyDomain = keyof typeof KEY_DOMAINS;

/** A key's ARN for each domain; constructs take the ones they need. */
export type KeyArns = Readonly<Record<KeyDomain, string>>;

/** Keys of some domains, as a construct takes them: `EncryptionKeys.arns`, or ARNs of keys that stand already. */
export const keysFor = (...domains: readonly KeyDomain[]): Rule =>
  refined<Partial<KeyArns>>(given(`the ARNs of the keys ${alternatives(domains, "and")}`), (keys, path) =>
    domains.flatMap((domain) => isKeyArn.problemsOf(keys[domain], `${path}.${domain}`)),
  );

export interface EncryptionKeysProps {
  /** Begins each alias, `<name>-volumes`: at most 100 lower-case letters, digits and single hyphens. */
  readonly name: string;
  /** Whether Terraform refuses to destroy them. @default true */
  readonly deletionProtection?: boolean;
}

const RULES: Rules<EncryptionKeysProps> = {
  name: nameOf("EKS cluster"),
  deletionProtection: optional(isTrueOrFalse),
};

/** The platform's keys by domain. */
export class EncryptionKeys extends Construct {
  readonly arns: KeyArns;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: EncryptionKeysProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const { name, deletionProtection } = props;
    const statements: Partial<Record<KeyDomain, readonly Statement[]>> = {
      volumes: volumeStatements(Account.of(this)),
      logs: logStatements(Account.of(this)),
      backups: topicStatements(Account.of(this)),
    };
    const domains = Object.entries(KEY_DOMAINS) as [KeyDomain, string][];
    this.arns = Object.fromEntries(
      domains.map(([domain, description]) => [
        domain,
        new EncryptionKey(this, domain, {
          alias: `${name}-${domain}`,
          description,
          statements: statements[domain] ?? [],
          multiRegion: MULTI_REGION.includes(domain) || undefined,
          deletionProtection,
        }).arn,
      ]),
    ) as KeyArns;
  }
}

/**
 * EC2 uses the key for the nodes of a scaling group through a service-linked role. The role is named by what it may do,
 * not by its ARN: in an account that never had a scaling group it does not exist, and KMS would refuse the policy.
 */
function volumeStatements(account: Account): Statement[] {
  const throughEc2 = { "kms:CallerAccount": account.id, "kms:ViaService": `ec2.${account.region}.amazonaws.com` };
  return [
    {
      Sid: "VolumesThroughEc2",
      Principal: { AWS: "*" },
      Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
      Condition: { StringEquals: throughEc2 },
    },
    {
      Sid: "GrantsThroughEc2",
      Principal: { AWS: "*" },
      Action: "kms:CreateGrant",
      Condition: { StringEquals: throughEc2, Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  ];
}

function logStatements(account: Account): Statement[] {
  const anyLogGroup = `arn:${account.partition}:logs:${account.region}:${account.id}:log-group:*`;
  return [
    {
      Sid: "Logs",
      Principal: { Service: `logs.${account.region}.amazonaws.com` },
      Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
      Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": anyLogGroup } },
    },
  ];
}

/**
 * EventBridge brings what failed to a topic under this key, and S3 what it could not copy. They are told by the topic that
 * they encrypt for, which is of this account: EventBridge names neither account nor rule when SNS asks for the key, and of S3
 * nobody says that it does. Whose bucket may speak to a topic is for the topic's own policy.
 */
function topicStatements(account: Account): Statement[] {
  const anyTopic = `arn:${account.partition}:sns:${account.region}:${account.id}:*`;
  const Action = ["kms:Decrypt", "kms:GenerateDataKey*"];
  const Condition = { ArnLike: { "kms:EncryptionContext:aws:sns:topicArn": anyTopic } };
  return [
    { Sid: "EventsToTopics", Principal: { Service: "events.amazonaws.com" }, Action, Condition },
    { Sid: "FailedCopiesToTopics", Principal: { Service: "s3.amazonaws.com" }, Action, Condition },
  ];
}
