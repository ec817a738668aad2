import { type Element, xml } from "@xmpp/client";
import type { Person } from "./person";

const muc = "http://jabber.org/protocol/muc";

/** Enters a group under one's own name, and opens it if it is a new one (XEP-0045 sections 7.2 and 10.1.2). */
export async function joinGroup(person: Person, group: string): Promise<void> {
  await person.send(
    xml(
      "presence",
      { to: `${group}/${person.name}` },
      xml("x", { xmlns: muc }, xml("history", { maxstanzas: "0" })),
    ),
  );
  const isIn = (stanza: Element) =>
    stanza.is("presence") && stanza.attrs.from === `${group}/${person.name}`;
  const welcome = await person.find(`did not get into ${group}`, isIn);
  if (welcome.attrs.type === "error")
    throw new Error(`${group} does not let ${person.name} in: ${welcome}`);
  const codes = welcome.getChild("x", `${muc}#user`)?.getChildren("status") ?? [];
  if (!codes.some(({ attrs }) => attrs.code === "201")) return;
  const form = xml("x", { xmlns: "jabber:x:data", type: "submit" });
  await person.ask("set", group, xml("query", { xmlns: `${muc}#owner` }, form));
}
