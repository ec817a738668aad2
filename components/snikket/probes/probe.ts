import { printable } from "../../printable";
import type { ProbeName, VerifyRequest } from "./request";

export interface Finding {
  saw: string;
  /** What to do, where something is to be done. */
  remedy?: string;
  /** Set on a finding that is no failure, and no plain success either. */
  note?: "warn" | "skipped";
}

export interface ProbeResult extends Finding {
  name: ProbeName;
  ok: boolean;
  /** Name of the port row to which no connection came about. */
  unreachable?: string;
}

/** Reports what it sees and never throws. */
export type Probe = (request: VerifyRequest) => Promise<ProbeResult>;

/** A bad end, in words for a person. */
export class Failure extends Error {
  constructor(
    readonly saw: string,
    readonly remedy?: string,
    readonly unreachable?: string,
  ) {
    super(saw);
  }
}

/** Longest time any probe may take; each of its waits has a shorter bound of its own. */
const longestMs = 9_000;

/** Makes a probe of an attempt, which may throw; the signal it is given ends its sockets. */
export function probe(
  name: ProbeName,
  attempt: (request: VerifyRequest, signal: AbortSignal) => Promise<Finding>,
): Probe {
  return async (request) => {
    const controller = new AbortController();
    try {
      const finding = await within(longestMs, "no end of it", attempt(request, controller.signal));
      return { name, ok: true, ...finding };
    } catch (error) {
      return { name, ok: false, ...describe(error) };
    } finally {
      controller.abort();
    }
  };
}

function describe(error: unknown): Omit<ProbeResult, "name" | "ok"> {
  if (!(error instanceof Failure)) return { saw: printable(String(error)) };
  const { saw, remedy, unreachable } = error;
  return { saw, ...(remedy && { remedy }), ...(unreachable && { unreachable }) };
}

/** Settles as the promise does, or fails with "<what> within <ms / 1000> s". */
export function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Failure(`${what} within ${ms / 1000} s`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
