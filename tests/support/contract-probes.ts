import { createHmac } from "node:crypto";
import { domain, ports, type Snikket } from "./contract-snikket";
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
