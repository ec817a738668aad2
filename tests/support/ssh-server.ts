import type { AddressInfo } from "node:net";
import { type AuthContext, type Connection as Client, Server, utils } from "ssh2";
import type { Connection } from "../../components/host/host";
import type { SshKey } from "./ssh-keys";

/** What clients wanted of a server, each in its order. */
interface Wanted {
  /** Methods of authentication that they tried. */
  attempts: string[];
  /** Kinds of what they asked for besides, as "session", "pty" or "tcpip". */
  asked: string[];
  /** Commands that were run. */
  commands: string[];
}

/** An SSH server on this machine. */
export interface SshServer extends Wanted {
  /** With its host key, and the key that it knows. */
  connection: Connection;
  close(): void;
}

/** How a server behaves. */
interface Manner {
  /** Who is let in; where nobody is, it names passwords as the way. @default whoever has the key */
  lets?: "everybody" | "nobody";
  /** What each command prints and ends with, once its input has ended. @default commands hang */
  answer?: { out: string; err?: string; code: number } | undefined;
}

/** Starts an SSH server that knows a key. */
export async function sshServer(
  hostKey: SshKey,
  key: SshKey,
  { lets, answer }: Manner = {},
): Promise<SshServer> {
  const wanted: Wanted = { attempts: [], asked: [], commands: [] };
  const isLetIn = lets ? () => lets === "everybody" : holds(key);
  const server = new Server({ hostKeys: [hostKey.privateKey] }, (client) => {
    client.on("error", () => {});
    client.on("authentication", (request) => {
      wanted.attempts.push(request.method);
      if (isLetIn(request)) request.accept();
      else request.reject(lets ? ["password", "keyboard-interactive"] : ["publickey"]);
    });
    serve(client, wanted, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const own = { privateKey: key.privateKey, hostKey: hostKey.publicKey };
  return {
    ...wanted,
    connection: { host: "127.0.0.1", port, user: "anna", ...own },
    close: () => server.close(),
  };
}

function holds({ publicKey }: SshKey): (request: AuthContext) => boolean {
  const known = utils.parseKey(publicKey);
  if (known instanceof Error) throw known;
  return (request) =>
    request.method === "publickey" && request.key.data.equals(known.getPublicSSH());
}

/** Notes all that is asked for, and grants commands alone. */
function serve(client: Client, { asked, commands }: Wanted, answer: Manner["answer"]): void {
  for (const kind of ["request", "tcpip", "openssh.streamlocal"] as const)
    client.on(kind as "request", () => asked.push(kind));
  client.on("session", (accept) => {
    asked.push("session");
    const session = accept();
    for (const kind of ["pty", "env", "x11", "auth-agent", "shell", "subsystem"] as const)
      session.on(kind as "env", () => asked.push(kind));
    session.on("exec", (accept, _, { command }) => {
      commands.push(command);
      const stream = accept();
      if (!answer) return;
      stream.resume().on("end", () => {
        stream.write(answer.out);
        stream.stderr.write(answer.err ?? "");
        stream.exit(answer.code);
        stream.end();
      });
    });
  });
}
