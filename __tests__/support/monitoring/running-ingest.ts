import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { freePort } from "../../../examples/orders/local/free-port";
import { INGEST_CONFIGURATION, INGEST_FOLDERS } from "../../../lib/monitoring/remote-write";
import { certificate, type KeyPair } from "../servers/nginx";
import { startNginx } from "../servers/nginx-process";
import { runFolder } from "../test-run/test-run";

export interface IngestRequest {
  readonly path?: string;
  readonly method?: string;
  /** `user:password`. */
  readonly login?: string;
}

/** Debian's NGINX with the configuration of the container that takes metrics, in front of a server at a port. */
export class RunningIngest {
  static async start({ name, upstream }: { readonly name: string; readonly upstream: number }): Promise<RunningIngest> {
    const folder = mkdtempSync(join(runFolder(), "ingest-"));
    for (const each of ["tls", "users", "scratch"]) mkdirSync(join(folder, each));
    const port = await freePort();
    const replaced = [
      [INGEST_FOLDERS.tls, join(folder, "tls")],
      [INGEST_FOLDERS.users, join(folder, "users")],
      [INGEST_FOLDERS.scratch, join(folder, "scratch")],
      ["listen 9443 ssl", `listen 127.0.0.1:${port} ssl`],
      ["127.0.0.1:9090", `127.0.0.1:${upstream}`],
    ] as const;
    const file = join(folder, "nginx.conf");
    const text = replaced.reduce((changed, [from, to]) => {
      if (!changed.includes(from)) throw new Error(`the configuration must have ${from}`);
      return changed.replaceAll(from, to);
    }, INGEST_CONFIGURATION);
    writeFileSync(file, `${process.getuid?.() === 0 ? "user root root;\n" : ""}${text}`);
    return new RunningIngest(folder, name, port, await startNginx(folder, port, "-c", file, "-g", "daemon off;"));
  }

  private constructor(
    private readonly folder: string,
    private readonly name: string,
    readonly port: number,
    readonly stop: () => Promise<void>,
  ) {}

  /** Puts a new certificate where the secret is mounted. */
  useNewCertificate(): KeyPair {
    const pair = certificate(this.folder, this.name);
    copyFileSync(pair.cert, join(this.folder, "tls", "tls.crt"));
    copyFileSync(pair.key, join(this.folder, "tls", "tls.key"));
    return pair;
  }

  /** Puts the users' file where the secret is mounted. */
  useUsers(text: string): void {
    writeFileSync(join(this.folder, "users", "users"), text);
  }

  /** Asks it over TLS, and gives the status; `authority` is the file of the certificate that is trusted. */
  ask(authority: string, { path = "/api/v1/write", method = "POST", login }: IngestRequest = {}): Promise<number> {
    return new Promise((resolve, reject) => {
      request({
        ...{ host: "127.0.0.1", port: this.port, servername: this.name, path, method, agent: false },
        ca: readFileSync(authority),
        ...(login !== undefined && { auth: login }),
      })
        .once("error", reject)
        .once("response", (response) => {
          response.resume().once("end", () => resolve(response.statusCode ?? 0));
        })
        .end();
    });
  }
}
