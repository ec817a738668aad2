import type net from "node:net";
import { connect } from "./connect";
import { Failure, probe, within } from "./probe";

/** SOCKS 5 and one method, no authentication; and that it is taken. Source: RFC 1928 section 3, as XEP-0065 asks. */
const greeting = Buffer.from([5, 1, 0]);
const welcome = Buffer.from([5, 0]);

/** The proxy through which large files go from person to person: it greets as an app expects. */
export const filesProbe = probe("files", async (request, signal) => {
  const socket = await connect(request, "proxy65", signal);
  socket.write(greeting);
  const answer = await within(3_000, "the connection opened, but no SOCKS 5 came", read(socket));
  if (!answer.equals(welcome))
    throw new Failure(
      "what answers is no proxy for files",
      "on the machine, see: docker logs --tail 50 snikket",
    );
  return { saw: "the proxy for large files answers" };
});

/** As many bytes as a welcome has; fewer where the connection ends. */
const read = (socket: net.Socket): Promise<Buffer> =>
  new Promise((resolve) => {
    let seen = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      seen = Buffer.concat([seen, chunk]).subarray(0, welcome.length);
      if (seen.length === welcome.length) resolve(seen);
    });
    socket.once("close", () => resolve(seen));
  });
