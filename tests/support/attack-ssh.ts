import type { AddressInfo } from "node:net";
import { Server } from "ssh2";

/** What an SSH server that somebody took over was asked for. */
export interface Takeover {
  port: number;
  /** Methods of authentication, and kinds of requests, in their order. */
  asked: string[];
  commands: string[];
  close(): void;
}

/** An SSH server with any host key that lets everybody in, and answers each command with what it likes. */
export async function takenOver(
  hostKey: string,
  answer: { out: string; err: string; code: number },
): Promise<Takeover> {
  const [asked, commands] = [[] as string[], [] as string[]];
  const server = new Server({ hostKeys: [hostKey] }, (client) => {
    client.on("error", () => {});
    client.on("authentication", (request) => {
      asked.push(request.method);
      request.accept();
    });
    for (const kind of ["request", "tcpip", "openssh.streamlocal"] as const)
      client.on(kind as "request", () => asked.push(kind));
    client.on("session", (accept) => {
      const session = accept();
      for (const kind of ["pty", "env", "x11", "auth-agent", "shell", "subsystem"] as const)
        session.on(kind as "env", () => asked.push(kind));
      session.on("exec", (accept, _, { command }) => {
        commands.push(command);
        const stream = accept();
        stream.resume().on("end", () => {
          stream.write(answer.out);
          stream.stderr.write(answer.err);
          stream.exit(answer.code);
          stream.end();
        });
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { port, asked, commands, close: () => server.close() };
}
