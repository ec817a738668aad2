import { openTcp } from "./attack-scan";
import { answers, ipv4 } from "./e2e-cloud";
import { listenOn, onCloudMachine, portTable } from "./e2e-cloud-machine";

const isAlways = ({ listens }: { listens: string }): boolean => listens === "always";

/** The rows at which something always listens, by UDP. */
export const udpRows = portTable.filter(({ protocol }) => protocol === "udp").filter(isAlways);

/** The first and the last port of each row at which something listens now and then. */
export const nowAndThen = portTable
  .filter((row) => !isAlways(row))
  .flatMap(({ name, protocol, from, to }) =>
    [...new Set([from, to])].map((port) => ({ name, protocol, port })),
  );

/** All 65,535 ports are knocked at from the internet. */
export async function expectTcpAsListed(): Promise<void> {
  const tcp = portTable.filter(({ protocol }) => protocol === "tcp");
  const open = await openTcp(ipv4);
  const isListed = (port: number) => tcp.some(({ from, to }) => from <= port && port <= to);
  expect(open.filter((port) => !isListed(port))).toEqual([]);
  expect(open).toEqual(expect.arrayContaining(tcp.filter(isAlways).map(({ from }) => from)));
}

/** Somebody on the internet gets an answer there as soon as something listens. */
export async function expectLetIn({ protocol, port }: (typeof nowAndThen)[number]): Promise<void> {
  await listenOn(protocol, port);
  expect(await answers("peer", protocol, `${ipv4}:${port}`)).toBe(true);
  await onCloudMachine("systemctl stop 'listening-*'");
}
