import type * as SecretsManager from "@aws-sdk/client-secrets-manager";
import { within } from "../../deadline";
import type { Waiting } from "../../keys/wrapping-keys";
import {
  SecretError,
  type SecretVersion,
  type VersionedSecret,
  type VersionLabel,
} from "../../recovery/managed/versioned-secret";

export interface SecretsManagerSecretOptions {
  /** @default - of the secret's ARN, or else as the SDK finds it */
  readonly region?: string;
  /** What one call may take with all of its tries and the answer's body. @default 30000 */
  readonly limitMilliseconds?: number;
  /** What one try may take until its answer begins. @default 5000 */
  readonly tryMilliseconds?: number;
  /** Tries of one call, with back-off between. @default 4 */
  readonly tries?: number;
  /** Another address of Secrets Manager: an interface endpoint, or a test's. @default - the Region's */
  readonly endpoint?: string;
}

const LABELS: Readonly<Record<VersionLabel, string>> = {
  current: "AWSCURRENT",
  pending: "AWSPENDING",
  previous: "AWSPREVIOUS",
};
const CONNECT_MILLISECONDS = 2000;
/** AWS keeps some hundred versions without a label; one that was lost is among the newest. */
const MOST_UNLABELLED = 10;
const PAGE = 100;
const MOST_PAGES = 10;
const ARN = /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):\d{12}:secret:/;

type Listed = SecretsManager.SecretVersionsListEntry & { readonly VersionId: string };

/** A secret of AWS Secrets Manager, with the labels that its own rotation uses. It is there already: this makes none. */
export class SecretsManagerSecret implements VersionedSecret {
  private constructor(
    private readonly sdk: typeof SecretsManager,
    private readonly client: SecretsManager.SecretsManagerClient,
    private readonly SecretId: string,
    private readonly limitMilliseconds: number,
  ) {}

  /** Asks nothing yet. @param secretId its name or its ARN. */
  static async create(secretId: string, options: SecretsManagerSecretOptions = {}): Promise<SecretsManagerSecret> {
    const { region = ARN.exec(secretId)?.[1], endpoint } = options;
    const { limitMilliseconds = 30_000, tryMilliseconds = 5000, tries = 4 } = options;
    const sdk = await import("@aws-sdk/client-secrets-manager");
    const client = new sdk.SecretsManagerClient({
      region,
      endpoint,
      maxAttempts: tries,
      retryMode: "standard",
      requestHandler: {
        connectionTimeout: CONNECT_MILLISECONDS,
        requestTimeout: tryMilliseconds,
        throwOnRequestTimeout: true,
      },
    });
    return new SecretsManagerSecret(sdk, client, secretId, limitMilliseconds);
  }

  /** What it says now. @throws {SecretError} when it has no value. */
  async current(waiting: Waiting = {}): Promise<string> {
    const command = new this.sdk.GetSecretValueCommand({ SecretId: this.SecretId });
    const { SecretString } = await this.ask("can't be read", (options) => this.client.send(command, options), waiting);
    if (SecretString === undefined) throw new SecretError("must be a text, is none");
    return SecretString;
  }

  async versions(waiting: Waiting = {}): Promise<readonly SecretVersion[]> {
    const listed = await this.list(waiting);
    const labelled = listed.filter((version) => labelsOf(version).length > 0);
    const others = listed
      .filter((version) => !labelled.includes(version))
      .sort((one, other) => Number(other.CreatedDate) - Number(one.CreatedDate))
      .slice(0, MOST_UNLABELLED);
    const versions: SecretVersion[] = [];
    for (const version of [...labelled, ...others]) {
      const text = await this.textOf(version.VersionId, waiting);
      if (text !== undefined) versions.push({ id: version.VersionId, labels: labelsOf(version), text });
    }
    return versions;
  }

  async put({ id, labels, text }: SecretVersion, waiting?: Waiting): Promise<void> {
    const command = new this.sdk.PutSecretValueCommand({
      SecretId: this.SecretId,
      ClientRequestToken: id,
      SecretString: text,
      VersionStages: labels.map((label) => LABELS[label]),
    });
    await this.ask("can't be written", (options) => this.client.send(command, options), waiting);
  }

  async promote(id: string, former: string, waiting?: Waiting): Promise<void> {
    const command = new this.sdk.UpdateSecretVersionStageCommand({
      SecretId: this.SecretId,
      VersionStage: LABELS.current,
      MoveToVersionId: id,
      // Whatever else is current by now is not replaced.
      RemoveFromVersionId: former,
    });
    await this.ask("can't make a version the current one", (options) => this.client.send(command, options), waiting);
  }

  async settle(id: string, waiting?: Waiting): Promise<void> {
    const command = new this.sdk.UpdateSecretVersionStageCommand({
      SecretId: this.SecretId,
      VersionStage: LABELS.pending,
      RemoveFromVersionId: id,
    });
    await this.ask("can't take a label away", (options) => this.client.send(command, options), waiting);
  }

  close(): void {
    this.client.destroy();
  }

  private async list(waiting: Waiting): Promise<readonly Listed[]> {
    const listed: Listed[] = [];
    let token: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const command = new this.sdk.ListSecretVersionIdsCommand({
        SecretId: this.SecretId,
        IncludeDeprecated: true,
        MaxResults: PAGE,
        NextToken: token,
      });
      const answer = await this.ask("can't be read", (options) => this.client.send(command, options), waiting);
      listed.push(...(answer.Versions ?? []).filter((version): version is Listed => version.VersionId !== undefined));
      token = answer.NextToken || undefined;
      if (token === undefined) return listed;
    }
    throw new SecretError(`must have at most ${PAGE * MOST_PAGES} versions, has more`);
  }

  /** Nothing for a version that AWS has forgotten meanwhile, or that has no value. */
  private async textOf(VersionId: string, waiting: Waiting): Promise<string | undefined> {
    const command = new this.sdk.GetSecretValueCommand({ SecretId: this.SecretId, VersionId });
    const { SecretString } = await this.ask(
      "can't be read",
      (options) =>
        this.client.send(command, options).catch((error: unknown) => {
          if (error instanceof this.sdk.ResourceNotFoundException) return { SecretString: undefined };
          throw error;
        }),
      waiting,
    );
    return SecretString;
  }

  private async ask<Answer>(
    failure: string,
    send: (options: { readonly abortSignal: AbortSignal }) => Promise<Answer>,
    { signal }: Waiting = {},
  ): Promise<Answer> {
    try {
      const bounds = { limitMs: this.limitMilliseconds, signals: [signal] };
      return await within(bounds, (abortSignal) => send({ abortSignal }));
    } catch (error) {
      signal?.throwIfAborted();
      const isMissing = error instanceof this.sdk.ResourceNotFoundException;
      throw new SecretError(isMissing ? "must be there, is not" : failure, error);
    }
  }
}

const labelsOf = ({ VersionStages: stages = [] }: Listed): readonly VersionLabel[] =>
  (Object.keys(LABELS) as VersionLabel[]).filter((label) => stages.includes(LABELS[label]));
