import type { Listens, PortRule } from "../host/host";

/** One row of the port table: what is open, why, and when something answers there, as Snikket configures coturn and Prosody. */
export interface PortRow extends PortRule {
  listens: Listens;
}

/** What the table depends on. */
interface PortOptions {
  /** First and last UDP port for relayed calls. */
  turnPorts: { from: number; to: number };
  /** TCP port of the file transfer proxy. */
  proxy65Port: number;
}

/** TCP port of the file transfer proxy where the stack names none; as upstream. */
export const usualProxy65Port = 5000;

/** First UDP port of relayed calls; the start of the dynamic range, as upstream. */
const firstRelayPort = 49152;

/** UDP ports that so many simultaneous calls need: four each and a tenth more. Source: Snikket's firewall documentation. */
export const relayPortsFor = (calls: number): number => Math.ceil((calls * 44) / 10);

/** The range of UDP ports for relayed calls. */
export const relayRange = (calls: number): { from: number; to: number } => ({
  from: firstRelayPort,
  to: firstRelayPort + relayPortsFor(calls) - 1,
});

/**
 * Every port a Snikket server needs open, and nothing else. Firewalls, `snikket.conf`, the README's table
 * and the probes are made from it. Source: Snikket's firewall documentation.
 */
export function snikketPorts({ turnPorts, proxy65Port }: PortOptions): PortRow[] {
  return [
    row("http", "tcp", one(80), "always", "certificate challenges, and the way to HTTPS"),
    row("https", "tcp", one(443), "always", "web portal, invitations, file uploads"),
    row("xmpp-client", "tcp", one(5222), "always", "apps connect here"),
    row("xmpp-server", "tcp", one(5269), "always", "other servers, and push notifications"),
    row("proxy65", "tcp", one(proxy65Port), "always", "large files from person to person"),
    row("turn-tcp", "tcp", one(3478), "always", "calls: finding a way (STUN and TURN)"),
    row("turn-udp", "udp", one(3478), "always", "calls: finding a way (STUN and TURN)"),
    row("turn-alt-tcp", "tcp", one(3479), "sometimes", "calls: second port of STUN"),
    row("turn-alt-udp", "udp", one(3479), "sometimes", "calls: second port of STUN"),
    row("turns-tcp", "tcp", { from: 5349, to: 5350 }, "sometimes", "calls: TURN over TLS"),
    row("turns-udp", "udp", { from: 5349, to: 5350 }, "sometimes", "calls: TURN over DTLS"),
    row("turn-relay", "udp", turnPorts, "on demand", "calls: relayed sound and pictures"),
  ];
}

const row = (
  name: string,
  protocol: PortRow["protocol"],
  { from, to }: Pick<PortRow, "from" | "to">,
  listens: Listens,
  reason: string,
): PortRow => ({ name, protocol, from, to, listens, reason });

const one = (port: number) => ({ from: port, to: port });
