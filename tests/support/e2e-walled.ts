import { connect } from "node:net";
import { removeContainer } from "../../sandbox/docker";
import { newKey } from "../../sandbox/keys";
import { createMachine, rebootMachine } from "../../sandbox/machine";
import { address, containerName } from "../../sandbox/settings";
import { expectDone, onMachine } from "./e2e";
import { container } from "./e2e-neighbours";
import { runOn, type Steps, steps } from "./e2e-steps";

/** A machine beside the server's, whose firewall is closed and opened again. */
export const name = containerName("walled");
const ip = address("machine").replace(/\d+$/, "41");
const args = { name, ip, key: newKey("walled"), hostKey: newKey("walled") };

let sent: Steps;

/** Makes it, with listeners at a port of the table and at another one. */
export async function createWalled(): Promise<void> {
  sent = await steps();
  await createMachine(args);
  await listen();
}

export const rebootWalled = (): Promise<unknown> => rebootMachine(args);
export const removeWalled = (): Promise<unknown> => removeContainer(name);

export const on = (script: string) => onMachine(script, { name });
export const lines = async (script: string) => (await on(script)).split("\n");
export const rules = (command: string, chain: string) => lines(`${command} -S ${chain}`);

/** Prepares the machine as the other one was, for other ports. */
export async function prepare(ports: string): Promise<void> {
  const { stdin = "" } = sent["host-prepare"] ?? {};
  expect(stdin).toMatch(/^export PORTS='tcp 80 80\n/m);
  const changed = stdin
    .replace(/^export PORTS='[^']*'/m, `export PORTS='${ports}'`)
    // What listens here stands for the server.
    .replace(/^export OWN_PORTS='[^']*'/m, "export OWN_PORTS='tcp 80 80'");
  expectDone(await runOn(name, changed));
}

/** Something that listens on a port of the table and on another one. */
export const listen = () =>
  on(`for port in 443 8080; do systemd-run --quiet python3 -m http.server --bind :: $port; done
    timeout 10 bash -c 'until [[ $(ss -Hltn "sport = :443 or sport = :8080" | wc -l) == 2 ]]; do sleep 0.1; done'`);

/** What somebody else finds at a port of the machine. */
const seen = (port: number): Promise<"open" | "closed"> =>
  new Promise((resolve) => {
    const socket = connect({ host: ip, port, timeout: 3000 });
    const end = (state: "open" | "closed") => {
      socket.destroy();
      resolve(state);
    };
    socket
      .on("connect", () => end("open"))
      .on("error", () => end("closed"))
      .on("timeout", () => end("closed"));
  });

/** SSH, the port of the table and the other one. */
const doors = [22, 443, 8080];

/** Which of them let others in. */
export const open = async () => {
  const states = await Promise.all(doors.map(async (port) => [port, await seen(port)]));
  return states.flatMap(([port, state]) => (state === "open" ? [port] : []));
};

/** The same by IPv6, for a neighbour with a network of its own. */
export async function openByIpv6(): Promise<number[]> {
  const dials = doors.map(
    (port) =>
      `{ ${container} timeout 3 bash -c '</dev/tcp/fd99:2::1/${port}' 2>/dev/null && echo ${port} || :; } &`,
  );
  const seen = await lines(`${dials.join("\n")}\nwait`);
  return doors.filter((port) => seen.includes(String(port)));
}
