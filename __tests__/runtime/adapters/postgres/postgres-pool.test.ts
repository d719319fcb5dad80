import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Client, type Pool } from "pg";
import { inTransaction } from "../../../../runtime/adapters/postgres/connection";
import { type PostgresSettings, postgresPool } from "../../../../runtime/adapters/postgres/postgres-pool";
import { allowLongStatements } from "../../../../runtime/adapters/postgres/silent-connections";
import { TimeLimitError } from "../../../../runtime/deadline";
import { FaultyProxy } from "../../../support/servers/faulty-proxy";
import { certificate } from "../../../support/servers/nginx";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../support/servers/running-postgres";

const SETTINGS: PostgresSettings = {
  host: "db.example.com",
  port: 5432,
  database: "orders",
  user: "projections",
  password: "secret",
  tls: { ca: "-----BEGIN CERTIFICATE-----" },
  applicationName: "projections",
};

describe("settings", () => {
  test.each<[Partial<PostgresSettings>, string]>([
    [{ tls: undefined }, "tls: must be given for a host that is not this machine"],
    [{ tls: undefined, host: "127.example.com" }, "tls: must be given for a host that is not this machine"],
    [{ tls: undefined, host: "localhost.example.com" }, "tls: must be given for a host that is not this machine"],
    [{ tls: undefined, host: "0.0.0.0" }, "tls: must be given for a host that is not this machine"],
    [{ tls: { ca: "" } }, "tls.ca: must be a certificate in PEM"],
    [{ password: "" }, "password: must be given"],
    [{ host: "" }, "host: must be given"],
    [{ database: "", user: "" }, "database: must be given; user: must be given"],
    [{ port: 0 }, "port: must be 1 to 65535, got 0"],
    [{ port: 65_536 }, "port: must be 1 to 65535, got 65536"],
    [{ maxConnections: 0 }, "maxConnections: must be a whole number above 0, got 0"],
    [{ connectMilliseconds: Number.NaN }, "connectMilliseconds: must be a whole number above 0, got NaN"],
    [{ statementMilliseconds: 0 }, "statementMilliseconds: must be a whole number above 0, got 0"],
    [{ idleInTransactionMilliseconds: 0 }, "idleInTransactionMilliseconds: must be a whole number above 0, got 0"],
    [{ standbyMilliseconds: 0 }, "standbyMilliseconds: must be a whole number above 0, got 0"],
    [
      { statementMilliseconds: 500, silenceMilliseconds: 500 },
      "silenceMilliseconds: must be above statementMilliseconds, 500, got 500",
    ],
  ])("%j stop the start", (wrong, message) => {
    expect(() => postgresPool({ ...SETTINGS, ...wrong })).toThrow(
      expect.objectContaining({ name: "SettingsError", message }),
    );
  });

  test.each(["localhost", "127.0.0.1", "127.1.2.3", "::1", "/var/run/postgresql"])(
    "let %s, which is this machine, go without TLS",
    async (host) => {
      await postgresPool({ ...SETTINGS, host, tls: undefined, password: "" }).end();
    },
  );
});

test("gives up on a server that does not answer after five seconds", async () => {
  const silent = createServer((socket) => socket.unref()).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  const pool = postgresPool({ ...SETTINGS, host: "127.0.0.1", port, tls: undefined });
  const start = performance.now();
  await expect(pool.query("select 1")).rejects.toThrow("timeout");
  expect(performance.now() - start).toBeLessThan(8000);
  await pool.end();
  silent.close();
});

const whyNoOpenssl = () => (spawnSync("openssl", ["version"]).status === 0 ? undefined : "no openssl on the PATH");
const why = whyNoPostgres() ?? whyNoOpenssl();

(why === undefined ? describe : describe.skip)(`with PostgreSQL${why === undefined ? "" : `, skipped: ${why}`}`, () => {
  let server: RunningPostgres;
  let sql: Client;
  let folder: string;
  let ca: string;
  let otherCa: string;
  const pools: Pool[] = [];
  const poolOf = (settings: Partial<PostgresSettings> = {}): Pool => {
    const { host, port, database, user } = server;
    const pool = postgresPool({ host, port, database, user, password: "", applicationName: "the pool", ...settings });
    pools.push(pool);
    return pool;
  };
  const terminate = () =>
    sql.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'the pool'");
  const ownId = async (pool: Pool) => (await pool.query("select pg_backend_pid() as pid")).rows[0].pid;

  beforeAll(async () => {
    server = await startPostgres();
    sql = new Client(server.url);
    await sql.connect();
    folder = mkdtempSync(join(tmpdir(), "postgres-tls-"));
    const authority = certificate(folder, "authority");
    const pair = certificate(folder, "localhost", authority);
    ca = readFileSync(authority.cert, "utf8");
    otherCa = readFileSync(certificate(folder, "another").cert, "utf8");
    chmodSync(folder, 0o755);
    // The server wants its key to be its own.
    const idOf = (kind: "-u" | "-g") => Number(execFileSync("id", [kind, "postgres"], { encoding: "utf8" }));
    if (process.getuid?.() === 0) chownSync(pair.key, idOf("-u"), idOf("-g"));
    await sql.query(`alter system set ssl_cert_file = '${pair.cert}'`);
    await sql.query(`alter system set ssl_key_file = '${pair.key}'`);
    await sql.query("alter system set ssl = on");
    await sql.query("select pg_reload_conf()");
    await untilTls();
  }, 60_000);
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.end()));
  });
  afterAll(async () => {
    await sql.end();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function untilTls(): Promise<void> {
    const settings = "select setting from pg_settings where name = 'ssl'";
    for (let tries = 0; tries < 100; tries++) if ((await sql.query(settings)).rows[0].setting === "on") return;
    throw new Error("no TLS at the server");
  }

  const usesTls = async (pool: Pool) =>
    (await pool.query("select ssl, version from pg_stat_ssl where pid = pg_backend_pid()")).rows[0];

  test("speaks TLS with a server whose certificate the authority has signed", async () => {
    const pool = poolOf({ host: "localhost", tls: { ca }, password: "x" });
    expect(await usesTls(pool)).toEqual({ ssl: true, version: "TLSv1.3" });
  });

  test("destroys a connection that is silent under TLS, too", async () => {
    const proxy = await FaultyProxy.start(server);
    const limits = { statementMilliseconds: 200, silenceMilliseconds: 300 };
    const pool = poolOf({ host: "localhost", port: proxy.port, tls: { ca }, password: "x", ...limits });
    await Promise.all([pool.query("select 1"), pool.query("select 1")]);
    proxy.freeze();
    await expect(pool.query("select 1")).rejects.toThrow(new TimeLimitError(300));
    // The other one is not tried: it led to the same place.
    await pool.query("select 1");
    expect(pool.totalCount).toBe(1);
    await proxy.stop();
  });

  test("asks the server about a silent statement under TLS, too, by its address and its name's certificate", async () => {
    const limits = { statementMilliseconds: 200, silenceMilliseconds: 300 };
    const pool = poolOf({ host: "localhost", tls: { ca }, password: "x", ...limits });
    await inTransaction(pool, undefined, async (client) => {
      await allowLongStatements(client);
      await client.query("select pg_sleep(2)");
    });
  });

  test("keeps what only waits: an idle connection, and a transaction whose client takes its time", async () => {
    const pool = poolOf({ statementMilliseconds: 100, silenceMilliseconds: 150 });
    const first = await ownId(pool);
    await wait(400);
    expect(await ownId(pool)).toBe(first);
    const client = await pool.connect();
    await client.query("begin");
    await wait(400);
    await client.query("commit");
    client.release();
    expect(await ownId(pool)).toBe(first);
  });

  test("a statement that is only slow is answered by the server", async () => {
    const pool = poolOf({ statementMilliseconds: 100, silenceMilliseconds: 1000 });
    await expect(pool.query("select pg_sleep(5)")).rejects.toMatchObject({ code: "57014" });
  });

  test("does not keep a connection whose server is read-only, whoever had the error", async () => {
    const pool = poolOf();
    const before = await ownId(pool);
    const client = await pool.connect();
    await client.query("begin read only; create table refused ()").catch(() => undefined);
    await client.query("rollback");
    client.release();
    expect(await ownId(pool)).not.toBe(before);
  });

  test.each([
    ["of another authority", () => poolOf({ host: "localhost", tls: { ca: otherCa }, password: "x" })],
    ["that names another host", () => poolOf({ host: "127.0.0.1", tls: { ca }, password: "x" })],
  ])("refuses a server with a certificate %s", async (_, pool) => {
    await expect(pool().query("select 1")).rejects.toThrow(/certificate|altnames/i);
  });

  describe("a password that a function gives", () => {
    const setPassword = (password: string) => sql.query(`alter role with_password password '${password}'`);

    beforeAll(async () => {
      await sql.query("create role with_password login");
      const { rows } = await sql.query("show hba_file");
      const rules = ["host all with_password 127.0.0.1/32 scram-sha-256", "host all all 127.0.0.1/32 trust"];
      await sql.query(`copy (values ${rules.map((rule) => `('${rule}')`).join()}) to '${rows[0].hba_file}'`);
      await sql.query("select pg_reload_conf()");
    });

    test("is asked for at each new connection, so that one may follow the other", async () => {
      let current = "first";
      await setPassword(current);
      const password = jest.fn(async () => current);
      const pool = poolOf({ user: "with_password", password });
      await pool.query("select 1");
      await pool.query("select 1");
      expect(password).toHaveBeenCalledTimes(1);
      current = "second";
      await setPassword(current);
      await Promise.all([pool.query("select pg_sleep(0.1)"), pool.query("select 1")]);
      expect(password).toHaveBeenCalledTimes(2);
    });

    test.each<[string, () => Promise<string>, string]>([
      ["fails", () => Promise.reject(new Error("no token")), "no token"],
      ["hangs", () => new Promise(() => {}), "timeout"],
      ["is wrong", async () => "wrong", "password authentication failed"],
    ])("fails a connection when it %s, and the pool is well once it is right", async (_, wrong, message) => {
      await setPassword("right");
      const password = jest.fn(async () => "right").mockImplementationOnce(wrong);
      const pool = poolOf({ user: "with_password", password, connectMilliseconds: 300 });
      await expect(pool.query("select 1")).rejects.toThrow(message);
      await pool.query("select 1");
    });
  });

  test("limits statements and transactions that wait, and has its name", async () => {
    const pool = poolOf({ applicationName: "projections" });
    const show = async (name: string) => (await pool.query(`show ${name}`)).rows[0][name];
    expect(await show("statement_timeout")).toBe("30s");
    expect(await show("idle_in_transaction_session_timeout")).toBe("10s");
    expect(await show("application_name")).toBe("projections");
  });

  test("goes on after its idle connections were ended", async () => {
    const pool = poolOf();
    const before = await ownId(pool);
    await terminate();
    // The end comes from the server, some time after its answer.
    for (let tries = 0; pool.totalCount > 0 && tries < 100; tries++) await sql.query("select pg_sleep(0.01)");
    expect(await ownId(pool)).not.toBe(before);
  });

  test("goes on after a connection was ended that was taken, while nothing was asked of it", async () => {
    const pool = poolOf();
    const taken = await pool.connect();
    await taken.query("select 1");
    await terminate();
    await sql.query("select pg_sleep(0.1)");
    await expect(taken.query("select 1")).rejects.toThrow();
    taken.release();
    await pool.query("select 1");
  });

  test("waits for a free connection no longer than it was told", async () => {
    const pool = poolOf({ maxConnections: 1, connectMilliseconds: 100 });
    const taken = await pool.connect();
    await expect(pool.query("select 1")).rejects.toThrow("timeout");
    taken.release();
  });
});
