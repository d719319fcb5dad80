import type { Log } from "../service/log";

/** What projections and stores have to say, among the lines of progress. */
export const opsLog = (progress: (text: string) => void): Log => {
  const line = (level: string) => (fields: object, message: string) =>
    progress(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`);
  return { info: line("info"), warn: line("warn"), error: line("error") };
};
