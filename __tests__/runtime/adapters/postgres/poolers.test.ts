import { once } from "node:events";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import type { Pool } from "pg";
import { PostgresEventStore } from "../../../../runtime/adapters/postgres/postgres-event-store";
import { postgresPool } from "../../../../runtime/adapters/postgres/postgres-pool";
import { PostgresReadModels } from "../../../../runtime/adapters/postgres/postgres-read-models";
import { PostgresSubjectKeys } from "../../../../runtime/adapters/postgres/postgres-subject-keys";
import { WorkLock } from "../../../../runtime/adapters/postgres/work-lock";
import { poolOn } from "../../../support/runtime/read-models-on";
import { folderForPostgres } from "../../../support/servers/debian-postgres";
import { certificate } from "../../../support/servers/nginx";
import { startPgBouncer, whyNoPgBouncer } from "../../../support/servers/running-pgbouncer";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../support/servers/running-postgres";
import { allOf, newEvents } from "../../event-store/events";

const why = whyNoPostgres() ?? whyNoPgBouncer();
const IGNORED = {
  ignore_startup_parameters: "extra_float_digits,statement_timeout,idle_in_transaction_session_timeout",
};

(why === undefined ? describe : describe.skip)(`behind PgBouncer${why ? `, skipped: ${why}` : ""}`, () => {
  let server: RunningPostgres;
  const stops: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.stop());
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });

  const pooler = async (settings: Readonly<Record<string, string | number>>) => {
    const made = await startPgBouncer(server, settings);
    stops.push(() => made.stop());
    return made;
  };
  const pool = (at: RunningPostgres): Pool => {
    const made = poolOn(at);
    stops.push(() => made.end());
    return made;
  };

  describe.each<[string, Readonly<Record<string, string | number>>]>([
    ["transaction mode", { pool_mode: "transaction" }],
    ["transaction mode that ignores our settings", { pool_mode: "transaction", ...IGNORED }],
    ["transaction mode in turn", { pool_mode: "transaction", server_round_robin: 1, min_pool_size: 4 }],
    ["transaction mode with one connection", { pool_mode: "transaction", default_pool_size: 1 }],
    ["statement mode", { pool_mode: "statement" }],
  ])("%s", (_, settings) => {
    let at: RunningPostgres;
    beforeEach(async () => {
      at = await pooler(settings);
    });
    const refused = () => ({
      name: "SettingsError",
      message: `${at.host}:${at.port}: must keep a session on one server process, got a pooler that shares them, as PgBouncer's pool_mode transaction: set pool_mode to session, or use PostgreSQL's own port`,
    });

    test("is refused with the reason, by every store", async () => {
      await expect(pool(at).query("select 1")).rejects.toMatchObject(refused());
      const [store, keys] = [new PostgresEventStore({ pool: pool(at) }), new PostgresSubjectKeys({ pool: pool(at) })];
      await expect(store.migrate()).rejects.toMatchObject(refused());
      await expect(store.checkWritable()).rejects.toMatchObject(refused());
      await expect(keys.migrate()).rejects.toMatchObject(refused());
      const models = new PostgresReadModels({ primary: pool(at) });
      await expect(models.query("select 1")).rejects.toMatchObject(refused());
      const lock = new WorkLock({ pool: pool(at), work: "a backup", inUse: () => new Error("in use") });
      await expect(lock.take(undefined)).rejects.toMatchObject(refused());
    });

    test("is refused also when all connections are made at once", async () => {
      const shared = pool(at);
      const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => shared.query("select 1")));
      expect(outcomes.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => "rejected"));
    });
  });

  test("transaction mode is recognised through TLS and by a password that a function gives, which is asked once", async () => {
    const folder = folderForPostgres();
    const authority = certificate(folder, "authority");
    const pair = certificate(folder, "localhost", authority);
    const users = join(folder, "users");
    writeFileSync(users, `"${server.user}" "secret"\n`);
    for (const file of [pair.key, pair.cert, users]) chmodSync(file, 0o644);
    const auth = { auth_type: "scram-sha-256", auth_file: users };
    const tls = { client_tls_sslmode: "require", client_tls_cert_file: pair.cert, client_tls_key_file: pair.key };
    const at = await pooler({ pool_mode: "transaction", ...auth, ...tls });
    const password = jest.fn(async () => "secret");
    const shared = postgresPool({
      ...{ host: "localhost", port: at.port, database: at.database, user: at.user, password },
      tls: { ca: readFileSync(authority.cert, "utf8") },
      applicationName: "test",
    });
    stops.push(() => shared.end());
    await expect(shared.query("select 1")).rejects.toThrow("got a pooler that shares them");
    expect(password).toHaveBeenCalledTimes(1);
  });

  describe("session mode", () => {
    test("works, with limits on statements, in the right schema, and with one holder of a lock", async () => {
      const at = await pooler({ pool_mode: "session", default_pool_size: 30 });
      const show = async (name: string) => (await pool(at).query(`show ${name}`)).rows[0][name];
      expect(await show("statement_timeout")).toBe("30s");
      expect(await show("idle_in_transaction_session_timeout")).toBe("10s");

      const store = new PostgresEventStore({ pool: pool(at) });
      await store.migrate();
      await store.append("s", newEvents(3), "no_stream");
      expect(await allOf(store.readAll(undefined))).toHaveLength(3);

      const schemas = ["one", "other"] as const;
      const models = schemas.map((schema) => new PostgresReadModels({ primary: pool(at), schema }));
      for (const [index, each] of models.entries())
        await each.migrate([
          "create table if not exists named (name text)",
          `insert into named values ('${schemas[index]}')`,
        ]);
      const found = await Promise.all(
        Array.from({ length: 200 }, (_, number) =>
          models[number % 2]?.query<{ name: string }>("select name from named"),
        ),
      );
      expect(found.map((rows) => rows?.[0]?.name)).toEqual(found.map((_, number) => schemas[number % 2]));

      const locks = [1, 2].map(
        () => new WorkLock({ pool: pool(at), work: "a backup", inUse: (holder) => new Error(`in use by ${holder}`) }),
      );
      await locks[0]?.take(undefined);
      await expect(locks[1]?.take(undefined)).rejects.toThrow("in use by process");
      await locks[0]?.give();
    });

    test("works with one connection, of which there is no second to probe with", async () => {
      const at = await pooler({ pool_mode: "session", default_pool_size: 1 });
      const { rows } = await pool(at).query("select 1 as one");
      expect(rows).toEqual([{ one: 1 }]);
    });
  });

  describe("a server that lets no second connection in", () => {
    /** Leads the first connection to the server, and says nothing to the others. */
    async function onlyFirst(): Promise<Server> {
      let count = 0;
      const proxy = createServer((socket) => {
        socket.on("error", () => undefined);
        if (count++ > 0) return;
        const upstream = connect(server.port, server.host);
        upstream.on("error", () => undefined);
        socket.pipe(upstream).pipe(socket);
        socket.on("close", () => upstream.destroy());
      }).listen(0, "127.0.0.1");
      await once(proxy, "listening");
      stops.push(async () => proxy.close());
      return proxy;
    }

    test("is used, after a limit", async () => {
      const { port } = (await onlyFirst()).address() as AddressInfo;
      const started = performance.now();
      const { rows } = await pool({ ...server, port }).query("select 1 as one");
      expect(rows).toEqual([{ one: 1 }]);
      expect(performance.now() - started).toBeLessThan(3000);
    });
  });

  test("a server itself is probed once, by one connection more, however many are made", async () => {
    let count = 0;
    const proxy = createServer((socket) => {
      count++;
      const upstream = connect(server.port, server.host);
      for (const each of [socket, upstream]) each.on("error", () => undefined);
      socket.pipe(upstream).pipe(socket);
    }).listen(0, "127.0.0.1");
    await once(proxy, "listening");
    stops.push(async () => proxy.close());
    const shared = pool({ ...server, port: (proxy.address() as AddressInfo).port });
    await Promise.all(Array.from({ length: 10 }, () => shared.query("select pg_sleep(0.1)")));
    expect(count).toBe(11);
  });
});
