import { readFileSync } from "node:fs";
import * as path from "node:path";
import fc from "fast-check";
import {
  type PortRow,
  relayPortsFor,
  relayRange,
  snikketPorts,
} from "../../../components/snikket/ports";
import { ConfigSchema } from "../../../infra/config.schema";

const ports = snikketPorts({ turnPorts: relayRange(10), proxy65Port: 5000 });
const range = ({ from, to }: PortRow) => (from === to ? `${from}` : `${from}-${to}`);

test("opens exactly what Snikket's firewall documentation lists", () => {
  expect(ports.map((row) => [row.name, row.protocol, range(row), row.listens])).toEqual([
    ["http", "tcp", "80", "always"],
    ["https", "tcp", "443", "always"],
    ["xmpp-client", "tcp", "5222", "always"],
    ["xmpp-server", "tcp", "5269", "always"],
    ["proxy65", "tcp", "5000", "always"],
    ["turn-tcp", "tcp", "3478", "always"],
    ["turn-udp", "udp", "3478", "always"],
    ["turn-alt-tcp", "tcp", "3479", "sometimes"],
    ["turn-alt-udp", "udp", "3479", "sometimes"],
    ["turns-tcp", "tcp", "5349-5350", "sometimes"],
    ["turns-udp", "udp", "5349-5350", "sometimes"],
    ["turn-relay", "udp", "49152-49195", "on demand"],
  ]);
});

test("follows the configured ports", () => {
  const rows = snikketPorts({ turnPorts: { from: 50000, to: 50100 }, proxy65Port: 7777 });
  const row = (name: string) => rows.find((one) => one.name === name);
  expect(row("proxy65")).toMatchObject({ from: 7777, to: 7777 });
  expect(row("turn-relay")).toMatchObject({ from: 50000, to: 50100 });
});

test("the README's table is this table", () => {
  const readme = readFileSync(path.join(__dirname, "../../../README.md"), "utf8");
  const rows = ports.map(
    (row) => `| ${range(row)} | ${row.protocol} | ${row.reason} | ${row.listens} |`,
  );
  const table = /<!-- ports -->\s*(.*?)\s*<!-- \/ports -->/s.exec(readme)?.[1]?.split("\n");
  expect(table?.slice(2)).toEqual(rows);
});

test.each([
  [1, 5],
  [5, 22],
  [10, 44],
  [100, 440],
  [1000, 4400],
])("%i calls need %i relay ports", (calls, needed) => {
  expect(relayPortsFor(calls)).toBe(needed);
});

test("the range of any number of calls is one that the configuration takes", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), (calls) => {
      const { from, to } = relayRange(calls);
      expect(to - from + 1).toBe(relayPortsFor(calls));
      expect(to - from + 1).toBeGreaterThanOrEqual(4 * calls);
      expect(ConfigSchema.shape.turnPorts.safeParse({ from, to }).success).toBe(true);
    }),
  );
});

test("takes exactly the ranges that are not reversed and lie between 1025 and 65535", () => {
  const port = fc.integer({ min: -10, max: 70_000 });
  fc.assert(
    fc.property(port, port, (from, to) => {
      const { success } = ConfigSchema.shape.turnPorts.safeParse({ from, to });
      expect(success).toBe(from >= 1025 && to <= 65_535 && from <= to);
    }),
    { numRuns: 500 },
  );
});
