import net from "node:net";
import type { PortRow } from "../ports";
import { type Finding, probe } from "./probe";

/** What says that this computer has no way by IPv6, whatever the server does. */
const noWay = ["ENETUNREACH", "EADDRNOTAVAIL", "EAFNOSUPPORT"];

/** Whether the TCP ports answer by IPv6 as well. Only a warning: our own network's IPv6 may be what fails. */
export const ipv6Probe = probe("ipv6", async ({ ipv6 = "", ports }, signal) => {
  const rows = ports.filter(({ protocol, listens }) => protocol === "tcp" && listens === "always");
  const problems = await Promise.all(rows.map((row) => dial(ipv6, row, signal)));
  return judge(
    ipv6,
    rows.filter((_, index) => problems[index]),
    problems.every((code) => code && noWay.includes(code)),
  );
});

/** The code of the error; none where the connection came about. */
const dial = (host: string, { from: port }: PortRow, signal: AbortSignal) =>
  new Promise<string | undefined>((resolve) => {
    const socket = net.connect({ host, port, signal, timeout: 4_000 });
    const end = (code?: string) => {
      resolve(code);
      socket.destroy();
    };
    socket
      .once("connect", () => end())
      .once("timeout", () => end("ETIMEDOUT"))
      .on("error", ({ code = "error" }: NodeJS.ErrnoException) => end(code));
  });

function judge(ipv6: string, closed: PortRow[], isOurs: boolean): Finding {
  if (closed.length === 0) return { saw: `${ipv6} answers on every TCP port` };
  if (isOurs) return { saw: "this computer has no IPv6 to look with", note: "skipped" };
  return {
    saw: `${ipv6} does not answer on TCP port ${closed.map(({ from }) => from).join(", ")}; apps try it first, and lose time`,
    remedy:
      "see from another network, a phone's say. If it is so there, too: the machine must have the address (ip -6 address), and every firewall let these ports in by IPv6",
    note: "warn",
  };
}
