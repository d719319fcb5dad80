import { randomUUID } from "node:crypto";
import { SecretsManagerSecret } from "../../../../runtime/adapters/aws/secrets-manager";
import { TimeLimitError } from "../../../../runtime/deadline";
import { type AnsweringServer, startAnswering } from "../../../support/servers/answering-server";
import { emptyMoto, whyNoMoto } from "../../../support/servers/running-moto";

const REGION = "eu-central-1";
/** What moto takes from anybody. */
const CREDENTIALS = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
const before = { ...process.env };

beforeAll(() => {
  Object.assign(process.env, CREDENTIALS);
});
afterAll(() => {
  for (const name of Object.keys(CREDENTIALS)) delete process.env[name];
  Object.assign(process.env, before);
});

const why = whyNoMoto();
(why === undefined ? describe : describe.skip)(
  `a secret as moto has it${why === undefined ? "" : `, skipped: ${why}`}`,
  () => {
    let moto: string;
    let secret: SecretsManagerSecret;

    const made = async (SecretString?: string): Promise<SecretsManagerSecret> => {
      const { CreateSecretCommand, SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
      const client = new SecretsManagerClient({ region: REGION, endpoint: moto });
      const Name = `production/${randomUUID()}`;
      await client.send(new CreateSecretCommand({ Name, SecretString }));
      client.destroy();
      secret = await SecretsManagerSecret.create(Name, { region: REGION, endpoint: moto });
      return secret;
    };
    const put = async (label: "current" | "pending", text: string): Promise<string> => {
      const id = randomUUID();
      await secret.put({ id, labels: [label], text });
      return id;
    };
    const labels = async () =>
      Object.fromEntries((await secret.versions()).map((version) => [version.text, version.labels]));

    beforeAll(async () => {
      moto = await emptyMoto();
    }, 90_000);
    afterEach(() => secret.close());

    test("without a value has no versions", async () => {
      await made();
      expect(await secret.versions()).toEqual([]);
    });

    test("has a current and a pending version beside each other", async () => {
      await made("first");
      const id = await put("pending", "second");
      expect(await labels()).toEqual({ first: ["current"], second: ["pending"] });
      expect((await secret.versions()).find((version) => version.text === "second")?.id).toBe(id);
    });

    test("makes the pending version the current one, and remembers the one before", async () => {
      await made("first");
      const [{ id: former } = { id: "" }] = await secret.versions();
      const id = await put("pending", "second");
      await secret.promote(id, former);
      await secret.settle(id);
      expect(await labels()).toEqual({ first: ["previous"], second: ["current"] });
    });

    test("remembers versions that have no label any more, behind those that have", async () => {
      await made("first");
      await put("pending", "lost");
      await put("pending", "kept");
      expect(await labels()).toEqual({ first: ["current"], kept: ["pending"], lost: [] });
      expect((await secret.versions()).at(-1)?.text).toBe("lost");
    });

    test("is not promoted over a version that became current meanwhile", async () => {
      await made("first");
      const [{ id: former } = { id: "" }] = await secret.versions();
      const id = await put("pending", "second");
      await put("current", "another");
      await expect(secret.promote(id, former)).rejects.toThrow("secret: can't make a version the current one");
    });
  },
);

describe("a secret at a server that fails", () => {
  let server: AnsweringServer | undefined;
  afterEach(() => server?.stop());

  const secretAt = async (
    status: number | undefined,
    type = "AccessDeniedException",
  ): Promise<SecretsManagerSecret> => {
    server = await startAnswering((_, response) => {
      if (status !== undefined) response.writeHead(status).end(JSON.stringify({ __type: type }));
    });
    const options = { region: REGION, endpoint: server.url, tries: 2, tryMilliseconds: 200 };
    return SecretsManagerSecret.create("production/secret", options);
  };

  test.each([400, 500, undefined])("%p is a typed error", async (status) => {
    const secret = await secretAt(status);
    await expect(secret.versions()).rejects.toMatchObject({ name: "SecretError", message: "secret: can't be read" });
    secret.close();
  });

  test("that is not there is said to be missing, by no name", async () => {
    const secret = await secretAt(400, "ResourceNotFoundException");
    await expect(secret.versions()).rejects.toMatchObject({ message: "secret: must be there, is not" });
    secret.close();
  });

  test("an answer whose body never comes is waited for within the limit", async () => {
    server = await startAnswering((_, response) => void response.writeHead(200, { "content-length": 100 }).write("{"));
    const options = { region: REGION, endpoint: server.url, limitMilliseconds: 300 };
    const secret = await SecretsManagerSecret.create("production/secret", options);
    await expect(secret.current()).rejects.toMatchObject({
      name: "SecretError",
      message: "secret: can't be read",
      cause: new TimeLimitError(300),
    });
    secret.close();
  });

  test("what is cancelled ends at once, with the reason", async () => {
    const secret = await secretAt(undefined);
    const stop = new AbortController();
    const asked = secret.versions({ signal: stop.signal });
    setTimeout(() => stop.abort(new Error("enough")), 50);
    await expect(asked).rejects.toThrow("enough");
    secret.close();
  });
});
