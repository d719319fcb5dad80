import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { Pool, PoolClient } from "pg";
import { to as copyTo } from "pg-copy-streams";
import { inTransaction } from "../../../../runtime/adapters/postgres/connection";
import { PostgresModelDump } from "../../../../runtime/adapters/postgres/postgres-model-dump";
import { type PostgresSettings, postgresPool } from "../../../../runtime/adapters/postgres/postgres-pool";
import { allowLongStatements } from "../../../../runtime/adapters/postgres/silent-connections";
import { tableDigests } from "../../../../runtime/adapters/postgres/table-digest";
import { TimeLimitError } from "../../../../runtime/deadline";
import { FaultyProxy } from "../../../support/servers/faulty-proxy";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../support/servers/running-postgres";

const why = whyNoPostgres();
/** What a server answers in milliseconds, on a busy machine. */
const SILENCE_MS = 800;
/** Of a COPY of 40 MB, more than the buffers between server and client keep. */
const MIDDLE = 5_000_000;
const LONG_SECONDS = (3.5 * SILENCE_MS) / 1000;

(why === undefined ? describe : describe.skip)(`silent statements${why ? `, skipped: ${why}` : ""}`, () => {
  let server: RunningPostgres;
  let proxy: FaultyProxy;
  const ended: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.stop());
  beforeEach(async () => {
    proxy = await FaultyProxy.start(server);
  });
  afterEach(async () => {
    await proxy.stop();
    for (const end of ended.splice(0).reverse()) await end();
  }, 60_000);

  const pool = (more: Partial<PostgresSettings> = {}): Pool => {
    const made = postgresPool({
      ...{ host: proxy.host, port: proxy.port, user: server.user, database: server.database, password: "" },
      ...{ applicationName: "silent", connectMilliseconds: 2000 },
      ...{ statementMilliseconds: SILENCE_MS - 100, silenceMilliseconds: SILENCE_MS },
      ...more,
    });
    ended.push(() => made.end());
    return made;
  };
  const long = (on: Pool, work: (client: PoolClient) => Promise<unknown>) =>
    inTransaction(on, undefined, async (client) => {
      await allowLongStatements(client);
      return work(client);
    });
  const sleep = (client: PoolClient, seconds = LONG_SECONDS) => client.query("select pg_sleep($1)", [seconds]);

  describe("whose peer reads no more in the middle of a COPY end, though the server is active", () => {
    beforeAll(async () => {
      const admin = postgresPool({ ...server, password: "", applicationName: "admin" });
      await admin.query(`create schema large;
        create table large.checkpoints (projection text, partition int, position text, partitions int);
        create table large.rows (id int primary key, text text);
        insert into large.rows select n, repeat('x', 1000) from generate_series(1, 40000) n`);
      await admin.end();
    }, 60_000);

    test("dump of models", async () => {
      proxy.clogAfter(MIDDLE);
      const dumped = new PostgresModelDump({ pool: pool(), schema: "large" }).snapshot(async ({ tables }) => {
        for await (const { rows } of tables()) for await (const _ of rows);
      });
      await expect(dumped).rejects.toThrow(TimeLimitError);
    }, 10_000);

    test("digests of models", async () => {
      proxy.clogAfter(MIDDLE);
      const digested = long(pool(), (client) => tableDigests(client, "large", ["checkpoints"]));
      await expect(digested).rejects.toThrow(TimeLimitError);
    }, 10_000);
  });

  describe("go on for as long as nobody says that they are over", () => {
    test("where the role may have no further connection", async () => {
      const admin = pool();
      await admin.query("create role limited login connection limit 1");
      await expect(long(pool({ user: "limited" }), (client) => sleep(client, 3 * LONG_SECONDS))).resolves.toBeDefined();
    }, 60_000);

    test("where another server answers, as behind a name of several", async () => {
      const other = await startPostgres();
      ended.push(() => other.stop());
      const slept = long(pool(), (client) => {
        proxy.leadTo(other);
        return sleep(client, (2.5 * SILENCE_MS) / 1000);
      });
      await expect(slept).resolves.toBeDefined();
    }, 60_000);

    test("at the server that they are at, wherever the name leads now", async () => {
      const renamed = pool();
      const slept = long(renamed, (client) => {
        // As if the name were looked up again, and led to nobody.
        Object.assign(renamed.options, { port: 1 });
        return sleep(client, 2 * LONG_SECONDS);
      });
      await expect(slept).resolves.toBeDefined();
    }, 60_000);
  });

  test("one of which its server knows nothing ends with the first question", async () => {
    const begun = performance.now();
    const slept = long(pool(), (client) => {
      proxy.freeze();
      return sleep(client);
    });
    await expect(slept).rejects.toThrow(TimeLimitError);
    expect(performance.now() - begun).toBeLessThan(2 * SILENCE_MS);
  }, 20_000);

  test("a server is gone that can't be asked again and again", async () => {
    const slept = long(pool(), (client) => {
      proxy.leadTo({ ...server, port: 1 });
      return sleep(client, 60);
    });
    await expect(slept).rejects.toThrow(TimeLimitError);
  }, 20_000);

  test("an answer that comes while the server is asked is one", async () => {
    let open = () => {};
    const isOpen = new Promise<void>((resolve) => {
      open = resolve;
    });
    const gate = createServer(async (client) => {
      await isOpen;
      client.pipe(connect(server)).pipe(client);
    }).listen(0, proxy.host);
    await once(gate, "listening");
    const asking = once(gate, "connection");
    await long(pool({ connectMilliseconds: 30_000 }), async (client) => {
      proxy.leadTo({ host: proxy.host, port: (gate.address() as AddressInfo).port });
      await sleep(client, (1.5 * SILENCE_MS) / 1000);
      const [asker] = await asking;
      open();
      await once(asker, "close");
      await client.query("select 1");
    });
    gate.close();
  }, 20_000);

  test("silence begins once what has come is read", async () => {
    await inTransaction(pool(), undefined, async (client) => {
      await client.query("set local statement_timeout = 0");
      // Rows wait in the socket for the reader of the first, and the last one comes late.
      const [soon, late] = [0.1, (2.4 * SILENCE_MS) / 1000];
      const rows = client.query(
        copyTo(
          `copy (select pg_sleep(s)::text || repeat('x', 30000) from unnest(array[0, ${soon}, ${soon}, ${soon}, ${late}]) s) to stdout`,
        ),
      );
      let read = 0;
      for await (const piece of rows) {
        if (read === 0) await wait(1.6 * SILENCE_MS);
        read += piece.length;
      }
      expect(read).toBe(5 * 30_001);
    });
  }, 20_000);
});
