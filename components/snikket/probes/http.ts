import http from "node:http";
import { printable } from "../../printable";
import { connect, secure } from "./connect";
import { Failure, probe, within } from "./probe";
import { namesOf, type VerifyRequest } from "./request";

interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** At most 64 KiB of it. */
  body: string;
}

const largestBody = 64 * 1024;

/** GETs a path from the machine under one of its names. Redirects are not followed. */
export async function get(
  request: VerifyRequest,
  url: { scheme: "http" | "https"; host: string; path: string },
  signal: AbortSignal,
): Promise<Answer> {
  const plain = await connect(request, url.scheme, signal);
  const socket =
    url.scheme === "https" ? await secure(request, plain, { servername: url.host }) : plain;
  const answer = new Promise<Answer>((resolve, reject) => {
    const options = { createConnection: () => socket, path: url.path, headers: { Host: url.host } };
    http
      .get(options, (response) => read(response).then(resolve, reject))
      .on("error", (error) => reject(new Failure(`no HTTP answer: ${printable(error.message)}`)));
  });
  return within(4_000, "the connection opened, but no whole HTTP answer came", answer);
}

async function read(response: http.IncomingMessage): Promise<Answer> {
  let body = "";
  for await (const chunk of response.setEncoding("latin1")) {
    body += chunk;
    if (body.length > largestBody) break;
  }
  const { statusCode: status = 0, headers } = response;
  return { status, headers, body: Buffer.from(body.slice(0, largestBody), "latin1").toString() };
}

/** An unexpected answer in words: status, server, where it points, how it begins. */
export function describeAnswer({ status, headers, body }: Answer): string {
  const from = headers.server ? ` from "${printable(String(headers.server), 40)}"` : "";
  const to = headers.location ? `, a redirect to ${printable(headers.location, 90)}` : "";
  // A tag ends before the next one begins, or a page of "<" alone would take minutes.
  const start = printable(body.replace(/<[^<>]*>/g, " "), 60);
  return `HTTP ${status}${from}${to}${start && `, beginning "${start}"`}`;
}

/** The path on which certificates depend: a file, by plain HTTP, under all three names. */
export const httpProbe = probe("http", async (request, signal) => {
  await Promise.all(namesOf(request).map((host) => checkHost(request, host, signal)));
  const { challenge } = request;
  const what = challenge ? "the challenge file is served" : "plain HTTP answers";
  return { saw: `${what} under all three names` };
});

async function checkHost(request: VerifyRequest, host: string, signal: AbortSignal): Promise<void> {
  const { challenge } = request;
  const path = challenge?.path ?? "/.well-known/acme-challenge/none";
  const answer = await get(request, { scheme: "http", host, path }, signal);
  // Without a file to compare, any answer but an error of the server's shows the way is open.
  const good = challenge
    ? answer.status === 200 && answer.body === challenge.content
    : answer.status < 500;
  if (good) return;
  throw new Failure(
    `http://${host}${printable(path)} gave ${describeAnswer(answer)}${challenge ? ", not the challenge file" : ""}`,
    "if another web server or proxy answers at this address, stop it or let it pass this path on; then run this again",
  );
}
