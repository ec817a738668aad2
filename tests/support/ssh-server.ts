import type { AddressInfo } from "node:net";
import { Server, utils } from "ssh2";
import type { Connection } from "../../components/host/host";
import type { SshKey } from "./ssh-keys";

export interface SshServer {
  connection: Connection;
  /** Methods of authentication that clients tried. */
  attempts: string[];
  /** Commands that were run. */
  commands: string[];
  close(): void;
}

/**
 * An SSH server on this machine that lets one key in.
 * @param says what every command prints. @default commands hang
 */
export async function sshServer(
  hostKey: SshKey,
  allowed: SshKey,
  says?: string,
): Promise<SshServer> {
  const attempts: string[] = [];
  const commands: string[] = [];
  const known = utils.parseKey(allowed.publicKey);
  if (known instanceof Error) throw known;
  const server = new Server({ hostKeys: [hostKey.privateKey] }, (client) => {
    client.on("error", () => {});
    client.on("authentication", (request) => {
      attempts.push(request.method);
      if (request.method === "publickey" && request.key.data.equals(known.getPublicSSH()))
        request.accept();
      else request.reject(["publickey"]);
    });
    client.on("session", (accept) =>
      accept().on("exec", (accept, _, { command }) => {
        commands.push(command);
        const stream = accept();
        if (says === undefined) return;
        stream.write(says);
        stream.exit(1);
        stream.end();
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const { privateKey } = allowed;
  return {
    connection: { host: "127.0.0.1", port, user: "anna", privateKey, hostKey: hostKey.publicKey },
    attempts,
    commands,
    close: () => server.close(),
  };
}
