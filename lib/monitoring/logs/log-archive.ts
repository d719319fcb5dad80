import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { Fn, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { type AccessLogsConfig, isAccessLogsConfig } from "../../config/access-logs";
import { nameOf } from "../../core/names";
import { checkProps, isTrueOrFalse, optional, type Rules, text } from "../../core/rules";
import { AccessLogs } from "../../security/access-logs";
import { EncryptionKey } from "../../security/encryption-key";
import { policyOf } from "../../security/policy";
import { keepPrivate, tlsOnly } from "../../security/private-bucket";

export interface LogArchiveProps {
  /** Begins the names of bucket, key and role: at most 24 lower-case letters, digits and single hyphens. */
  readonly name: string;
  /** The cluster's issuer of tokens: `'https://oidc.eks.eu-central-1.amazonaws.com/id/…'`. */
  readonly issuer: string;
  readonly namespace: string;
  /** Service account of the pods that write. */
  readonly serviceAccount: string;
  /** S3's log of each request to the bucket, in a bucket of its own: the name then has at most 23 characters. @default - none */
  readonly accessLogs?: AccessLogsConfig;
  /** Whether Terraform refuses to destroy bucket and key. */
  readonly deletionProtection: boolean;
}

const SUFFIX = "-log-archive-";

const RULES: Rules<LogArchiveProps> = {
  name: nameOf("S3 bucket prefix", SUFFIX),
  issuer: text("an https URL", /\S/),
  namespace: text("a namespace", /\S/),
  serviceAccount: text("a service account's name", /\S/),
  accessLogs: optional(isAccessLogsConfig),
  deletionProtection: isTrueOrFalse,
};

const SCHEME = "https://";
const AUDIENCE = "sts.amazonaws.com";
const ABORT_UPLOADS_AFTER_DAYS = 7;
const OLD_VERSION_DAYS = 7;

/**
 * The bucket of Elasticsearch's snapshots, and the role by which its pods write them. They take it by a token of the
 * cluster's: Elasticsearch 9.5 may not read what EKS Pod Identity gives to its pods. Elasticsearch itself takes away what
 * no snapshot needs; for some days, that can be brought back.
 */
export class LogArchive extends Construct {
  readonly bucket: string;
  readonly roleArn: string;
  /** Pass it to `dependsOn` of what writes. */
  readonly resource: ITerraformDependable;

  /** @throws {InvalidConfigurationError} with all that is wrong with the props. */
  constructor(scope: Construct, id: string, props: LogArchiveProps) {
    super(scope, id);
    props = checkProps(this, props, RULES);
    const { name, accessLogs, deletionProtection } = props;
    const key = new EncryptionKey(this, "Key", {
      alias: `${name}-log-archive`,
      description: `Snapshots of the logs of ${name}`,
      deletionProtection,
    });
    const bucket = new S3Bucket(this, "Resource", {
      bucketPrefix: `${name}${SUFFIX}`,
      lifecycle: { preventDestroy: deletionProtection },
    });
    this.bucket = bucket.bucket;
    this.guard(bucket, key.arn);
    if (accessLogs !== undefined)
      new AccessLogs(this, "AccessLogs", { ...accessLogs, bucket, name: `${name}-archive` });

    const role = this.role(props);
    this.roleArn = role.arn;
    this.resource = new IamRolePolicy(this, "Policy", {
      role: role.name,
      policy: policyOf(
        {
          Action: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:ListBucketVersions"],
          Resource: bucket.arn,
        },
        {
          Action: [
            "s3:AbortMultipartUpload",
            "s3:DeleteObject",
            "s3:GetObject",
            "s3:ListMultipartUploadParts",
            "s3:PutObject",
          ],
          Resource: `${bucket.arn}/*`,
        },
        { Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: key.arn },
      ),
    });
  }

  private role({ name, issuer, namespace, serviceAccount }: LogArchiveProps): IamRole {
    const provider = new IamOpenidConnectProvider(this, "Issuer", { url: issuer, clientIdList: [AUDIENCE] });
    // By its place and not by what it is: quotes within would end the policy's own.
    const subject = Fn.substr(issuer, SCHEME.length, -1);
    return new IamRole(this, "Role", {
      name: `${name}-log-archive`,
      assumeRolePolicy: policyOf({
        Principal: { Federated: provider.arn },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            [`${subject}:aud`]: AUDIENCE,
            [`${subject}:sub`]: `system:serviceaccount:${namespace}:${serviceAccount}`,
          },
        },
      }),
    });
  }

  private guard(bucket: S3Bucket, keyArn: string): void {
    const { block, versioning } = keepPrivate(this, { bucket, keyArn });
    new S3BucketLifecycleConfiguration(this, "Lifecycle", {
      bucket: bucket.id,
      rule: [
        {
          id: "what-is-left-over",
          status: "Enabled",
          filter: [{}],
          noncurrentVersionExpiration: [{ noncurrentDays: OLD_VERSION_DAYS }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: ABORT_UPLOADS_AFTER_DAYS }],
        },
      ],
      dependsOn: [versioning],
    });
    new S3BucketPolicy(this, "BucketPolicy", {
      bucket: bucket.id,
      policy: policyOf(tlsOnly(bucket)),
      dependsOn: [block],
    });
  }
}
