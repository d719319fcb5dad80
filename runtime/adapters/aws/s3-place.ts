import type { ServerSideEncryption } from "@aws-sdk/client-s3";
import type { S3Settings } from "./s3-settings";

/** What an object says of itself. */
export const METADATA = { writer: "writer", partBytes: "part-bytes" } as const;

/** Where in S3 the port's keys are, and how what is there is encrypted. */
export class S3Place {
  /** Before all keys. */
  private readonly above: string;

  constructor(private readonly settings: S3Settings) {
    const { prefix = "" } = settings;
    this.above = prefix === "" ? "" : `${prefix}/`;
  }

  of(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.settings.bucket, Key: this.above + key };
  }

  below(prefix: string): { readonly Bucket: string; readonly Prefix: string } {
    return { Bucket: this.settings.bucket, Prefix: this.above + prefix };
  }

  /** The port's key of what S3 has listed. */
  keyOf(name: string | undefined): string {
    return `${name ?? ""}`.slice(this.above.length);
  }

  get encryption(): { ServerSideEncryption?: ServerSideEncryption; SSEKMSKeyId?: string; BucketKeyEnabled?: boolean } {
    const { kmsKeyId } = this.settings;
    // One question to KMS for many objects, not one for each.
    if (kmsKeyId !== undefined)
      return { ServerSideEncryption: "aws:kms", SSEKMSKeyId: kmsKeyId, BucketKeyEnabled: true };
    return {};
  }

  toString(): string {
    return `s3://${this.settings.bucket}/${this.above}`;
  }
}
