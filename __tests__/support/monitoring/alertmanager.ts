import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { ReadyServer } from "./ready-server";

export type Labels = Readonly<Record<string, string>>;

export interface FiredAlert {
  readonly labels: Labels;
  readonly annotations?: Labels;
}

/** What a receiver was sent, and where. */
export interface Message {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
  /** Milliseconds since the receiver began to listen. */
  readonly at: number;
}

/** Debian's name for it, and everybody else's. */
const ALERTMANAGER = ["prometheus-alertmanager", "alertmanager"].find(
  (command) => spawnSync(command, ["--version"]).status === 0,
);

/** Why Alertmanager or its tool can't be run here, or nothing. */
export function whyNoAlertmanager(): string | undefined {
  const missing = [
    ...(spawnSync("amtool", ["--version"]).status === 0 ? [] : ["amtool"]),
    ...(ALERTMANAGER === undefined ? ["alertmanager"] : []),
  ];
  return missing.length === 0 ? undefined : `no ${missing.join(" and no ")} on the PATH`;
}

/** What amtool has to say against a configuration; nothing, if it is sound. */
export const checkConfig = (config: object): string =>
  withFile(config, (file) => {
    const { status, stdout, stderr } = spawnSync("amtool", ["check-config", file], { encoding: "utf8" });
    return status === 0 ? "" : `${stdout}${stderr}`;
  });

/** Names of all receivers that get an alert of such labels. */
export const receiversOfAlert = (config: object, labels: Labels): readonly string[] =>
  withFile(config, (file) => {
    const matchers = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
    const { status, stdout, stderr } = spawnSync(
      "amtool",
      ["config", "routes", "test", `--config.file=${file}`, ...matchers],
      { encoding: "utf8" },
    );
    if (status !== 0) throw new Error(stderr);
    return stdout.trim().split(",");
  });

function withFile<T>(config: object, work: (file: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "amtool-"));
  try {
    // JSON is YAML too.
    writeFileSync(join(folder, "alertmanager.json"), JSON.stringify(config));
    return work(join(folder, "alertmanager.json"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Test double of whoever is sent alerts: it takes everything that is posted, and answers that it is well. */
export class ListeningReceiver {
  readonly messages: Message[] = [];
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<ListeningReceiver> {
    const began = performance.now();
    const server = createServer((request, response) => {
      let text = "";
      request.on("data", (chunk) => {
        text += chunk;
      });
      request.on("end", () => {
        const { url: path = "", headers } = request;
        const at = performance.now() - began;
        receiver.messages.push({ path, authorization: headers.authorization, body: JSON.parse(text), at });
        response.writeHead(path === "/v2/enqueue" ? 202 : 200).end("ok");
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const receiver = new ListeningReceiver(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return receiver;
  }

  /** Those of a path, as soon as there are so many. */
  async waitFor(path: string, count = 1, seconds = 20): Promise<readonly Message[]> {
    for (let tries = 0; tries < seconds * 20; tries++) {
      const found = this.messages.filter((message) => message.path === path);
      if (found.length >= count) return found;
      await wait(50);
    }
    throw new Error(`no ${count} messages at ${path} in ${seconds} s, but ${JSON.stringify(this.messages)}`);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}

/** Debian's Alertmanager, alone, with a configuration of its own, in a folder that goes with it. */
export class RunningAlertmanager {
  private constructor(private readonly server: ReadyServer) {}

  /** `secrets` are files beside the configuration, which names them by `folder`. */
  static async start(
    configOf: (folder: string) => object,
    secrets: Readonly<Record<string, string>> = {},
  ): Promise<RunningAlertmanager> {
    const server = await ReadyServer.start("alertmanager", (folder, listen) => {
      for (const [name, text] of Object.entries(secrets)) writeFileSync(join(folder, name), text);
      const config = join(folder, "alertmanager.json");
      writeFileSync(config, JSON.stringify(configOf(folder)));
      return [
        ALERTMANAGER ?? "alertmanager",
        `--config.file=${config}`,
        `--storage.path=${join(folder, "data")}`,
        `--web.listen-address=${listen}`,
        "--cluster.listen-address=",
      ];
    });
    return new RunningAlertmanager(server);
  }

  /** As Prometheus would: these are firing. */
  async fire(alerts: readonly FiredAlert[]): Promise<void> {
    const { ok, status } = await fetch(`${this.server.address}/api/v2/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(alerts),
    });
    if (!ok) throw new Error(`Alertmanager answered ${status}`);
  }

  /** Names of the alerts that are held back by others. */
  async inhibited(): Promise<readonly string[]> {
    const response = await fetch(`${this.server.address}/api/v2/alerts`);
    const alerts = (await response.json()) as readonly {
      labels: Labels;
      status: { inhibitedBy: readonly string[] };
    }[];
    return alerts.filter(({ status }) => status.inhibitedBy.length > 0).map(({ labels }) => labels.alertname ?? "");
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
