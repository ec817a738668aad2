import { randomUUID } from "node:crypto";
import { type Client, client, type Element, type Login, xml } from "@xmpp/client";
import { within } from "../../components/snikket/probes/probe";
import { register, tokenOf } from "./invitation";
import type { Server } from "./server";
import { service, useSecureSocket } from "./transport";

const patienceMs = 10_000;

/** Somebody who is logged in. */
export class Person {
  /** What came in and was not asked for yet. */
  private readonly inbox: Element[] = [];

  private constructor(
    readonly server: Server,
    readonly name: string,
    private readonly client: Client,
  ) {
    client.on("stanza", (stanza: Element) => {
      this.inbox.push(stanza);
      this.client.emit("inbox");
    });
    client.on("error", () => {}); // Who waits for an answer says that none came.
  }

  get address(): string {
    return `${this.name}@${this.server.domain}`;
  }

  /** Logs in with SCRAM over TLS 1.3; with the link of an invitation, registers the account first. */
  static async enter(server: Server, login: Login, invitation?: string): Promise<Person> {
    const token = invitation && (await tokenOf(server, invitation));
    const connection: Client = client({
      service,
      domain: server.domain,
      timeout: patienceMs,
      async credentials(authenticate, mechanisms) {
        if (token) await register(connection, server.domain, login, token);
        await authenticate(login, mechanisms.find((name) => name.startsWith("SCRAM-")) ?? "none");
      },
    });
    useSecureSocket(connection, server);
    connection.reconnect.stop();
    const person = new Person(server, login.username, connection);
    try {
      await within(patienceMs, `${login.username} did not get in`, connection.start());
      await person.beSeen();
      return person;
    } catch (error) {
      await person.leave();
      throw error;
    }
  }

  /** From then on messages come to this session, and not only to an older one that broke. */
  private async beSeen(): Promise<void> {
    await this.send(xml("presence"));
    const own = String(this.client.jid);
    await this.find("not seen", (stanza) => stanza.is("presence") && stanza.attrs.from === own);
  }

  async leave(): Promise<void> {
    await this.client.stop().catch(() => {}); // A connection that broke needs no farewell.
  }

  async send(stanza: Element): Promise<void> {
    await this.client.send(stanza);
  }

  /** Sends a question (type get) or an order (type set), and gives the answer. Fails with its error. */
  ask(type: "get" | "set", to: string, child: Element): Promise<Element> {
    return this.client.iqCaller.request(xml("iq", { type, to }, child), patienceMs);
  }

  /** Writes to a person, or into a group that was joined. The id tells this message from others. */
  async say(to: string, text: string, type: "chat" | "groupchat" = "chat"): Promise<string> {
    const id = randomUUID();
    await this.send(xml("message", { id, type, to }, xml("body", {}, text)));
    return id;
  }

  /** The text of one message of somebody's. */
  async hear(from: string, id: string): Promise<string> {
    const isIt = (stanza: Element) =>
      stanza.is("message") &&
      stanza.attrs.id === id &&
      stanza.attrs.from?.startsWith(from) === true;
    const message = await this.find(`no message from ${from}`, isIt);
    return message.getChildText("body") ?? "";
  }

  /** The next stanza that matches, come or still to come. */
  async find(otherwise: string, matches: (stanza: Element) => boolean): Promise<Element> {
    const arrived = new Promise<Element>((resolve) => {
      const look = () => {
        const at = this.inbox.findIndex(matches);
        if (at < 0) return;
        this.client.off("inbox", look);
        resolve(...(this.inbox.splice(at, 1) as [Element]));
      };
      this.client.on("inbox", look);
      look();
    });
    return within(patienceMs, `${this.name}: ${otherwise}`, arrived);
  }
}
