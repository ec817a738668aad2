import type { z } from "zod";
import { type PortRow, relayPortsFor, relayRange, snikketPorts } from "../components/snikket/ports";

interface Ports {
  calls: number;
  turnPorts?: { from: number; to: number } | undefined;
  proxy65Port: number;
}

type Rule = (config: Ports, context: z.core.$RefinementCtx) => void;

/** Lets a rule run although there are other mistakes, unless they are in the keys that it reads. */
export const beside = (...reads: PropertyKey[]) => ({
  when: ({ issues }: z.core.ParsePayload) =>
    !issues.some(({ path }) => path?.[0] !== undefined && reads.includes(path[0])),
});

/** The range of relay ports has room for the calls. */
export const roomForCalls: Rule = ({ calls, turnPorts }, context) => {
  const needed = relayPortsFor(calls);
  if (!turnPorts || turnPorts.to - turnPorts.from + 1 >= needed) return;
  context.addIssue({
    code: "custom",
    path: ["turnPorts"],
    message: `is too small: ${calls} calls need ${needed} ports; make it wider or lower snikket:calls`,
  });
};

/** Which row of the port table a key decides. */
const decided = { proxy65Port: "proxy65", turnPorts: "turn-relay" };

/** No port that a key decides is one that the server needs for something else. */
export const portsApart: Rule = ({ calls, turnPorts, proxy65Port }, context) => {
  const rows = snikketPorts({ turnPorts: turnPorts ?? relayRange(calls), proxy65Port });
  for (const [key, name] of Object.entries(decided)) {
    const own = rows.find((row) => row.name === name);
    const other = own && rows.find((row) => row !== own && overlap(row, own));
    if (!other) continue;
    const message = `takes ${other.protocol} port ${other.from}, which the server needs (${other.reason}); choose another`;
    context.addIssue({ code: "custom", path: [key], message });
  }
};

const overlap = (one: PortRow, other: PortRow): boolean =>
  one.protocol === other.protocol && one.from <= other.to && other.from <= one.to;
