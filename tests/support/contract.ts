// Images have to start, and are slow on a busy machine.
jest.setTimeout(180_000);

/** Set by `npm run test:contract -- --real`. */
const realAsked = process.env.SNIKKET_CONTRACT_REAL === "1";

/** Why something cannot be tried here. */
export class Missing {
  constructor(readonly reason: string) {}
}

/** The same thing twice: ours, and the one it stands for. Each is looked for once, before any test. */
export interface Pair<T> {
  /** The real thing with its version. */
  called: string;
  standIn(): T | Missing;
  real(): T | Missing;
}

/**
 * One suite for a stand-in and for what it stands for: the clauses run unchanged on both, and are skipped with the
 * reason where one is not there. Their titles are what docs/fidelity.md lists, so they are plain texts.
 */
export function contract<T>(part: string, pair: Pair<T>, clauses: (thing: () => T) => void): void {
  const notAsked = new Missing("npm run test:contract -- --real looks for it");
  const sides = { "stand-in": pair.standIn(), real: realAsked ? pair.real() : notAsked };
  for (const [side, found] of Object.entries(sides)) {
    const isMissing = found instanceof Missing;
    const block = isMissing ? describe.skip : describe;
    const more = isMissing ? found.reason : side === "real" ? pair.called : "";
    block(`${part}, ${side}${more && `: ${more}`}`, () => clauses(() => found as T));
  }
}
