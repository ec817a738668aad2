import { once } from "node:events";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { docker } from "../../sandbox/docker";
import { address, containerName } from "../../sandbox/settings";
import { onIt } from "./fault-victim";

/** Takes away again what was put in the way. */
export type Back = () => Promise<void>;

/** Answers a request itself, or lets it pass to the service. */
export type Between = (request: IncomingMessage, answer: ServerResponse, pass: () => void) => void;

/** What the machine sends there ends in a reset. @param to options of iptables */
export const refused = (to: string): Promise<Back> =>
  rule(`OUTPUT -p tcp ${to} -j REJECT --reject-with tcp-reset`);

const authority = `-d ${address("acme")} --dport 14000`;
const registry = `-d ${address("registry")} --dport 5000`;
const dockersPackages = `-d ${address("apt")} --dport 80`;

/** The authority refuses connections from the machine. */
export const authorityRefused = (): Promise<Back> => refused(authority);

/** The registry refuses connections from the machine. */
export const registryRefused = (): Promise<Back> => refused(registry);

/** Puts itself between the machine and the authority. */
export async function atAuthority(handle: Between): Promise<Back> {
  const [cert, key] = await Promise.all(
    ["pem", "key"].map(async (part) => {
      const file = `/etc/snikket-sandbox/acme-directory.${part}`;
      return (await docker(["exec", containerName("acme"), "cat", file])).stdout;
    }),
  );
  const further = { protocol: "https:", host: address("acme"), port: 14000 };
  return inTheWay(authority, handle, further, { cert, key } as https.ServerOptions);
}

/** Puts itself between the machine and the registry. Docker tells the words of its own alone, which it asks last. */
export const atRegistry = (handle: Between): Promise<Back> =>
  inTheWay(registry, handle, { protocol: "http:", host: address("registry"), port: 5000 });

/** Docker's own repository does not answer the machine at all. */
export const dockersPackagesSilent = (): Promise<Back> =>
  rule(`OUTPUT -p tcp ${dockersPackages} -j DROP`);

/** Puts itself between the machine and Docker's own repository. */
export const atDockersPackages = (handle: Between): Promise<Back> =>
  inTheWay(dockersPackages, handle, { protocol: "http:", host: address("apt"), port: 80 });

/** Puts itself between the machine and any server. */
export const atWeb = (handle: Between): Promise<Back> => inTheWay("--dport 80", handle);

/** A server of the test's own, to which the machine's connections are diverted. */
async function inTheWay(
  to: string,
  handle: Between,
  further: https.RequestOptions = {},
  certificate?: https.ServerOptions,
): Promise<Back> {
  const handler = (request: IncomingMessage, answer: ServerResponse) =>
    handle(request, answer, () => pass(request, answer, further));
  const server = certificate
    ? https.createServer(certificate, handler)
    : http.createServer(handler);
  server.listen(0, address("operator"));
  await once(server, "listening");
  const here = `${address("operator")}:${(server.address() as AddressInfo).port}`;
  const back = await rule(`OUTPUT -t nat -p tcp ${to} -j DNAT --to-destination ${here}`);
  return async () => {
    await back();
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
}

function pass(
  { method, headers, url }: IncomingMessage,
  answer: ServerResponse,
  to: https.RequestOptions,
): void {
  const options = { ...to, path: url, method, headers, rejectUnauthorized: false };
  const { request } = to.protocol === "https:" ? https : http;
  const further = request(options, (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(answer);
  });
  further.on("error", () => answer.destroy());
  answer.req.pipe(further);
}

/** A first rule of the machine's firewall. */
const rule = (text: string): Promise<Back> =>
  onIt(`iptables -w 30 -I ${text}`, `iptables -w 30 -D ${text}`)();
