import { randomBytes } from "node:crypto";
import net from "node:net";
import tls from "node:tls";
import { client } from "@xmpp/client";
import { register, tokenOf } from "../../sandbox/chat/invitation";
import { Person } from "../../sandbox/chat/person";
import { service, useSecureSocket } from "../../sandbox/chat/transport";
import { createInvite, server } from "./e2e";

/** A name and a password that nobody has yet. */
export const newLogin = (name: string) => ({
  username: `${name}-${randomBytes(4).toString("hex")}`,
  password: randomBytes(12).toString("hex"),
});

/** Somebody new, who joined with an invitation from the machine. */
export const newPerson = async (name: string): Promise<Person> =>
  Person.enter(server(), newLogin(name), await createInvite());

/** Registers with the token itself, as an app would that never looked at the invitation's page. */
export async function registerWith(token: string): Promise<void> {
  const login = newLogin("stranger");
  const connection = client({
    service,
    domain: server().domain,
    timeout: 10_000,
    async credentials(authenticate, mechanisms) {
      await register(connection, server().domain, login, token);
      await authenticate(login, mechanisms.find((name) => name.startsWith("SCRAM-")) ?? "none");
    },
  });
  useSecureSocket(connection, server());
  connection.reconnect.stop();
  connection.on("error", () => {});
  try {
    await connection.start();
  } finally {
    await connection.stop().catch(() => {}); // One that was refused is closed already.
  }
}

/** The token of an invitation just made on the machine. */
export const newToken = async (): Promise<string> => tokenOf(server(), await createInvite());

/** STARTTLS on the port for apps, with the newest TLS version this side offers; gives the one agreed on. */
export async function agreedTls(maxVersion: tls.SecureVersion): Promise<string | null> {
  const { domain, ipv4, acmeRoot } = server();
  const socket = net.connect({ host: ipv4, port: 5222 });
  const say = async (text: string, awaited: string) => {
    socket.write(text);
    for (let heard = ""; !heard.includes(awaited); )
      heard += await new Promise((resolve) => socket.once("data", resolve));
  };
  try {
    await say(
      `<stream:stream to='${domain}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`,
      "</stream:features>",
    );
    await say("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "<proceed");
    return await new Promise((resolve, reject) => {
      const options = { socket, servername: domain, ca: acmeRoot, maxVersion };
      const secured = tls.connect({ ...options, allowPartialTrustChain: true });
      secured.once("secureConnect", () => resolve(secured.getProtocol())).once("error", reject);
      secured.once("close", () => reject(new Error("closed")));
    });
  } finally {
    socket.destroy();
  }
}
