import { boundedRequest } from "./bounded-request";
import type { Probe } from "./probe";
import { probeUrl } from "./probe-url";
import { wholeNumber } from "./whole-number";

export interface HttpProbeProps {
  /** For an API: any of its paths but the one that answers from the check that has this probe, or it waits for itself. */
  readonly url: string;
  /** What must be answered, such as 401 where one without a token is refused. @default 200 */
  readonly status?: number;
  /** Authorities in PEM that are believed, and no other. @default - those that Node knows */
  readonly ca?: string;
}

const STATUS = { least: 200, most: 599 } as const;

/**
 * Whether a service answers as it should. A redirect is an answer like any other, and is not followed.
 * @throws {RangeError} for a URL or a status that can't be.
 */
export function httpProbe({ url: address, status = 200, ca }: HttpProbeProps): Probe {
  const url = probeUrl("url", address);
  wholeNumber("status", status, STATUS.least, STATUS.most);
  return async (signal): Promise<void> => {
    const answer = await boundedRequest(url, { signal, ca });
    if (answer.status !== status) throw new Error(`status: must be ${status}, got ${answer.status}`);
  };
}
