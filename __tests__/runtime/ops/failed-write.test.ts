import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { opsEnvironment, TOOL } from "../../support/runtime/cqrs-ops";
import { storeOn } from "../../support/servers/postgres-store";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../support/servers/running-postgres";
import { newEvent, newStream } from "../event-store/events";

const why = whyNoPostgres();
/** In blocks of 512 or 1,024 bytes, as the shell has it: less than the events take, and more than all else. */
const MOST = 2000;

(why === undefined ? test : test.skip)(
  `cqrs-ops says why a segment can't be written${why === undefined ? "" : `, skipped: ${why}`}`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "backups-"));
    const postgres: RunningPostgres = await startPostgres();
    try {
      const store = await storeOn(postgres, "event_store");
      for (let event = 0; event < 10; event++) {
        const data = Buffer.from(JSON.stringify({ of: randomBytes(500_000).toString("base64") }));
        await store.append(newStream(), [newEvent({ data })], "no_stream");
      }
      await store.close();
      // A file of more than this is an error to whoever writes it, as a disk that is full.
      const limited = ["-c", `ulimit -f ${MOST}; exec "$@"`, "sh", process.execPath, TOOL];
      const tool = spawn("sh", [...limited, "--json", "backup", "--no-read-models"], {
        env: {
          ...{ PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: "test" },
          ...{ ...opsEnvironment(postgres), BACKUP_FOLDER: folder, LOCAL_KEY: randomBytes(32).toString("base64") },
        },
      });
      const said = Promise.all([tool.stdout.toArray(), tool.stderr.toArray()]);
      const [code] = await once(tool, "close");
      const [out, progress] = (await said).map((pieces) => Buffer.concat(pieces).toString("utf8"));
      expect({ code, ...JSON.parse(`${out}`) }).toEqual({
        ...{ code: 2, command: "backup", outcome: "could not check" },
        error: expect.stringMatching(/^backups\/segments\/\S+: the storage of backups can't be used: EFBIG: /),
      });
      expect(progress).not.toContain("Premature close");
      const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
      expect(files.map(({ name }) => name)).toEqual([expect.stringMatching(/^\d{8}T\d{9}Z-[0-9a-f]{8}\.json$/)]);
    } finally {
      rmSync(folder, { recursive: true });
      await postgres.stop();
    }
  },
  120_000,
);
