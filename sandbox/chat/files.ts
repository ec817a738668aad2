import http from "node:http";
import { buffer } from "node:stream/consumers";
import { xml } from "@xmpp/client";
import { connect, secure } from "../../components/snikket/probes/connect";
import { within } from "../../components/snikket/probes/probe";
import type { Person } from "./person";
import { type Server, target } from "./server";

const namespace = "urn:xmpp:http:upload:0";

/** Puts a file on the server (XEP-0363) and gives the link to send to others. */
export async function upload(person: Person, filename: string, content: Buffer): Promise<string> {
  const file = { filename, size: String(content.length), "content-type": "text/plain" };
  const share = `share.${person.server.domain}`;
  const answer = await person.ask("get", share, xml("request", { xmlns: namespace, ...file }));
  const slot = answer.getChild("slot", namespace);
  const put = slot?.getChild("put");
  const link = slot?.getChild("get")?.attrs.url;
  if (!put?.attrs.url || !link) throw new Error(`${share} gave no place for the file: ${answer}`);
  const headers = put.getChildren("header").map((h) => [h.attrs.name ?? "", h.text()]);
  const about = { "Content-Type": file["content-type"], "Content-Length": file.size };
  const all = { ...Object.fromEntries(headers), ...about };
  const { status } = await transfer(person.server, "PUT", put.attrs.url, all, content);
  if (status !== 201) throw new Error(`${share} did not take the file: HTTP ${status}`);
  return link;
}

export async function download(server: Server, link: string): Promise<Buffer> {
  const { status, body } = await transfer(server, "GET", link);
  if (status !== 200) throw new Error(`${link} gave HTTP ${status}`);
  return body;
}

/** Sends and receives one file over HTTPS, at the server's address. */
async function transfer(
  server: Server,
  method: "PUT" | "GET",
  url: string,
  headers: http.OutgoingHttpHeaders = {},
  content?: Buffer,
) {
  const { hostname, host, pathname: path } = new URL(url);
  const ending = new AbortController();
  const transferred = async () => {
    const plain = await connect(target(server), "https", ending.signal);
    const socket = await secure(target(server), plain, { servername: hostname });
    const createConnection = () => socket;
    const options = { createConnection, method, path, headers: { Host: host, ...headers } };
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      http.request(options, resolve).on("error", reject).end(content);
    });
    return { status: response.statusCode, body: await buffer(response) };
  };
  return within(20_000, `${method} ${url} did not end`, transferred()).finally(() =>
    ending.abort(),
  );
}
