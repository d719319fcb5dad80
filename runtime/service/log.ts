import pino, { type DestinationStream } from "pino";
import type { LOG_FIELDS } from "../../lib/monitoring/logs/log-fields";
import { AuthenticationError } from "../security/authenticator";

type Field = Exclude<keyof typeof LOG_FIELDS, "timestamp" | "level" | "message" | "service" | "version">;

/** What a line says beside its message. Never an event's, a command's or a query's content. */
export type LogLine = Readonly<Partial<Record<Field, string | number | undefined>>>;

/** Where a service writes its lines. */
export interface Log {
  info(line: LogLine, message: string): void;
  warn(line: LogLine, message: string): void;
  error(line: LogLine, message: string): void;
}

export interface LogOptions {
  /** As the platform calls it: `command-api`. */
  readonly service: string;
  readonly version: string;
  /** trace, debug, info, warn, error, fatal or silent. @default 'info' */
  readonly level?: string;
  /** @default - standard output, one JSON object a line */
  readonly destination?: DestinationStream;
}

/** Lines as the platform's log shipper reads them. */
export const serviceLog = ({ service, version, level = "info", destination }: LogOptions): Log =>
  pino(
    {
      level,
      base: { service, version },
      messageKey: "message",
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination ?? pino.destination({ sync: true }),
  );

/** What a line may say of an error: its name and, where it is one of Node's, its code. Messages may have what is secret. */
export const errorFields = (error: unknown): LogLine => {
  if (typeof error !== "object" || error === null) return { error_type: typeof error };
  if (error instanceof AuthenticationError) return { error_type: error.name, error: error.reason };
  const { name = "Error", code } = error as Partial<NodeJS.ErrnoException>;
  return { error_type: name, error: typeof code === "string" ? `${name} ${code}` : name };
};
