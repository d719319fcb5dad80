import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../../examples/orders/local/free-port";
import { KurrentDbUsers } from "../../../../runtime/adapters/kurrentdb/kurrentdb-users";
import { ManagedStoreUnavailableError } from "../../../../runtime/recovery/managed/managed-clusters";
import { UsersStandIn } from "../../../support/servers/kurrent-cloud-stand-in-users";

const FIRST = { username: "admin", password: "changeit" };
const NEXT = "another-password";

let standIn: UsersStandIn;
let users: KurrentDbUsers;
beforeEach(async () => {
  standIn = await UsersStandIn.start();
  users = new KurrentDbUsers(standIn.connectionString, { limitMilliseconds: 300 });
});
afterEach(() => standIn.stop());

test("whoever has the password signs in, and nobody else", async () => {
  expect(await users.signsIn(FIRST)).toBe(true);
  expect(await users.signsIn({ ...FIRST, password: "wrong" })).toBe(false);
  expect(await users.signsIn({ ...FIRST, username: "nobody" })).toBe(false);
});

test("a user changes their own password", async () => {
  expect(await users.changePassword(FIRST, NEXT)).toBe(true);
  expect(await users.signsIn(FIRST)).toBe(false);
  expect(await users.signsIn({ ...FIRST, password: NEXT })).toBe(true);
});

test("a password is not changed by a wrong one", async () => {
  expect(await users.changePassword({ ...FIRST, password: "wrong" }, NEXT)).toBe(false);
  expect(await users.signsIn(FIRST)).toBe(true);
});

test.each([500, 503, 408, 302, "reset", "garbage", "hanging"] as const)(
  "%s says nothing of who may sign in",
  async (kind) => {
    standIn.fail(/current/, kind);
    const error = await users.signsIn(FIRST).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ManagedStoreUnavailableError);
    expect(`${(error as Error).message} ${(error as Error).stack}`).not.toMatch(/changeit|127\.0/);
  },
);

test("an answer that was lost is not taken for a change that was refused", async () => {
  standIn.fail(/change-password/, "lost");
  await expect(users.changePassword(FIRST, NEXT)).rejects.toThrow(ManagedStoreUnavailableError);
  expect(await users.signsIn({ ...FIRST, password: NEXT })).toBe(true);
});

test("what is cancelled ends at once, with the reason", async () => {
  standIn.fail(/current/, "hanging");
  const patient = new KurrentDbUsers(standIn.connectionString);
  const stop = new AbortController();
  const asked = patient.signsIn(FIRST, { signal: stop.signal });
  setTimeout(() => stop.abort(new Error("enough")), 50);
  await expect(asked).rejects.toThrow("enough");
});

test.each([
  "kurrentdb://a.example.com?tls=false",
  "kurrentdb+discover://localhost?tls=false",
  "kurrentdb://a.example.com?tlsVerifyCert=false",
])("nobody signs in at %s", (connectionString) => {
  expect(() => new KurrentDbUsers(connectionString)).toThrow(/must be true/);
});

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
(hasOpenssl ? describe : describe.skip)(`under TLS${hasOpenssl ? "" : ", skipped: no openssl"}`, () => {
  let folder: string;
  let server: Server;
  let authorization: string | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "users-"));
    const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    const command = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", keyFile, "-out", certFile, ...names];
    spawnSync("openssl", command);
    server = createServer({ key: readFileSync(keyFile), cert: readFileSync(certFile) }, (request, response) => {
      authorization = request.headers.authorization;
      response.end(JSON.stringify({ success: true, data: { loginName: "admin" } }));
    });
    server.listen(0, "localhost");
    await once(server, "listening");
  });
  beforeEach(() => {
    authorization = undefined;
  });
  afterAll(async () => {
    server.close();
    await once(server, "close");
    rmSync(folder, { recursive: true });
  });

  const address = () => `kurrentdb://localhost:${(server.address() as AddressInfo).port}`;

  test("a server that the given authority has signed is believed", async () => {
    const believing = new KurrentDbUsers(`${address()}?tlsCAFile=${join(folder, "cert.pem")}`);
    expect(await believing.signsIn(FIRST)).toBe(true);
  });

  test("the next node is asked where one is not there", async () => {
    const nodes = `localhost:${await freePort()},localhost:${(server.address() as AddressInfo).port}`;
    const both = new KurrentDbUsers(`kurrentdb://${nodes}?tlsCAFile=${join(folder, "cert.pem")}`);
    expect(await both.signsIn(FIRST)).toBe(true);
  });

  test("an answer about another user is none", async () => {
    const believing = new KurrentDbUsers(`${address()}?tlsCAFile=${join(folder, "cert.pem")}`);
    await expect(believing.signsIn({ ...FIRST, username: "ops" })).rejects.toThrow(ManagedStoreUnavailableError);
  });

  test("no password is sent to any other", async () => {
    await expect(new KurrentDbUsers(address()).signsIn(FIRST)).rejects.toThrow(ManagedStoreUnavailableError);
    expect(authorization).toBeUndefined();
  });
});
