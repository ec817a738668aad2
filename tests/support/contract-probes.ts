import { createHmac } from "node:crypto";
import { xml } from "@xmpp/client";
import { Person } from "../../sandbox/chat/person";
import { domain, ports, type Snikket } from "./contract-snikket";
import { eventually } from "./eventually";
import { relayed } from "./relayed";

/** Asks the relay for an address with credentials made as the deployment makes them; gives its port. */
export async function relayPort(ipv4: string, secret: string): Promise<number | undefined> {
  const username = String(Math.floor(Date.now() / 1000) + 600);
  const credential = createHmac("sha1", secret).update(username).digest("base64");
  return (await relayed({ domain, ipv4, ports }, { username, credential }))?.port;
}

/** Whether the port for apps speaks this version of TLS, as openssl sees it. */
export async function speaks(snikket: Snikket, version: "1.2" | "1.3"): Promise<boolean> {
  const option = `-tls${version.replace(".", "_")}`;
  const client = `openssl s_client ${option} -starttls xmpp -xmpphost ${domain}`;
  const script = `${client} -connect 127.0.0.1:5222 </dev/null 2>&1 || true`;
  const said = await snikket.shell("network", script);
  return new RegExp(`^New, TLSv${version}, Cipher is (?!\\(NONE\\))`, "m").test(said);
}

const password = "a long password";

/** Somebody new, and each time they come back. */
export async function newcomer(snikket: Snikket, username: string): Promise<() => Promise<Person>> {
  const create = `prosodyctl shell user create ${username}@${domain} "${password}" prosody:registered`;
  await snikket.shell("server", create);
  const { root: acmeRoot } = await snikket.certify("server");
  return () => Person.enter({ domain, ipv4: snikket.ip, acmeRoot }, { username, password });
}

/** Uses an invitation up, as an app does: by its page, which the proxy serves. */
export async function join(snikket: Snikket, username: string, link: string): Promise<void> {
  const { root: acmeRoot } = await snikket.certify("server");
  await snikket.run("proxy");
  await eventually(async () => expect(await snikket.listeners()).toContain("tcp/443"));
  const server = { domain, ipv4: snikket.ip, acmeRoot };
  const person = await Person.enter(server, { username, password }, link);
  await person.leave();
}

/** Finds a message in somebody's archive by its text (XEP-0313). @throws where it is not there */
export async function findArchived(person: Person, text: string): Promise<void> {
  const mam = "urn:xmpp:mam:2";
  await person.ask("set", person.address, xml("query", { xmlns: mam }));
  await person.find(`"${text}" is not in the archive`, (stanza) => {
    const forwarded = stanza.getChild("result", mam)?.getChild("forwarded", "urn:xmpp:forward:0");
    return forwarded?.getChild("message")?.getChildText("body") === text;
  });
}
