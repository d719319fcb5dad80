import { SecretsManagerSecret } from "../../adapters/aws/secrets-manager";
import { KurrentCloud } from "../../adapters/kurrent-cloud/kurrent-cloud";
import { kurrentCloudSettings } from "../../adapters/kurrent-cloud/kurrent-cloud-settings";
import { KurrentDbUsers } from "../../adapters/kurrentdb/kurrentdb-users";
import { rotateCredentials } from "../../recovery/managed/rotate-credentials";
import type { Command } from "../command";
import { given } from "../stores";
import { words } from "../words";

export interface CredentialsCommandOptions {
  /** @default "admin" */
  readonly user?: string;
  /** Replaces a password that is sound, too; a UUID that names the rotation, so that it is done once. */
  readonly again?: string;
}

const FIRST_USERS = ["admin", "ops"] as const;

/**
 * Gives a user of the managed event store a password that nobody knows, in the secret that `EVENT_STORE_CREDENTIALS_SECRET` names. The
 * one that it began with is asked of Kurrent Cloud where `KURRENT_CLOUD_ORGANIZATION_ID` and the like are given.
 */
export const credentialsCommand: Command<CredentialsCommandOptions> = async (options, surroundings, report) => {
  const { environment, signal, use } = surroundings;
  const { user = "admin", again } = options;
  const first = FIRST_USERS.find((each) => each === user);
  const name = given(environment, "EVENT_STORE_CREDENTIALS_SECRET");
  const secret = use(await SecretsManagerSecret.create(name, { region: environment.AWS_REGION }));
  const users = new KurrentDbUsers(given(environment, "EVENT_STORE_CONNECTION_STRING"));
  const generated =
    environment.KURRENT_CLOUD_ORGANIZATION_ID === undefined || first === undefined
      ? undefined
      : await firstPasswordOf(use(new KurrentCloud(kurrentCloudSettings(environment))), environment, first);
  const { outcome, version } = await rotateCredentials(users, secret, {
    ...{ username: user, signal, again: again !== undefined, rotation: again },
    firstPasswords: generated === undefined ? [] : [generated],
    report: { onStage: (stage) => report(stage), onWaiting: (why) => report("waiting", { why }) },
  });
  const facts = { user, outcome, "version of the secret": version };
  return { isSound: true, words: words("credentials", facts), report: facts };
};

async function firstPasswordOf(
  cloud: KurrentCloud,
  environment: NodeJS.ProcessEnv,
  user: (typeof FIRST_USERS)[number],
): Promise<string | undefined> {
  return (await cloud.firstPasswords(kurrentCloudSettings(environment).clusterId))?.[user];
}
