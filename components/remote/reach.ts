import * as pulumi from "@pulumi/pulumi";
import type { Connection, Host } from "../host/host";
import { resolved } from "../resolved";
import { type DialError, dial, printed } from "./ssh";

/** What a machine that is still starting answers with; everything else is final. */
const booting = ["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT", "ECONNRESET"];

/** How long a look at a machine may take before one goes on without it, in seconds. */
const glance = 5;

/** A way to a machine past the engine: to know that it lets us in, and to look at it. */
export class Reach {
  /**
   * Dials the machine once, before whichever step is the first on it: it waits for a machine that is starting, and
   * fails at once on a wrong key or host key, which the provider would retry without a word.
   */
  readonly hook: pulumi.ResourceHook;
  private readonly connection: pulumi.Output<Connection>;
  private reached: Promise<void> | undefined;
  private looking: Promise<unknown> | undefined;

  /** @param patience how long a machine may take to start, in seconds */
  constructor(
    name: string,
    { connection, machineId }: Pick<Host, "connection" | "machineId">,
    patience: number,
  ) {
    // The address may be there before the machine, and still lead to the one that it replaces.
    this.connection = pulumi.all([connection, machineId]).apply(([plain]) => plain);
    this.hook = new pulumi.ResourceHook(name, async () => {
      // Who has just been let in need not dial again.
      await this.looking;
      this.reached ??= resolved(this.connection).then((plain) => reach(plain, patience));
      return this.reached;
    });
  }

  /**
   * What a command prints on the machine, by its user; nothing where there is no machine yet.
   * @throws DialError where it does not answer soon, or lets us in no more
   */
  async ask(command: (user: string) => string): Promise<string | undefined> {
    if (!(await isKnown(this.connection))) return undefined;
    const plain = await resolved(this.connection);
    const look = dial(plain, glance, (client) => {
      this.reached ??= Promise.resolve();
      return printed(client, command(plain.user));
    });
    this.looking = look.catch(() => undefined);
    return look;
  }
}

/** The SDK does not declare it. */
const isKnown = (output: pulumi.Output<unknown>): Promise<boolean> =>
  (output as unknown as { isKnown: Promise<boolean> }).isKnown;

/** Dials until the machine lets us in, and tells of it while that takes long; throws what to do where it will not. */
export async function reach(connection: Connection, patience: number): Promise<void> {
  const started = Date.now();
  const waited = () => (Date.now() - started) / 1000;
  let seen: DialError | undefined;
  const telling = setInterval(() => tell(connection, seen, waited(), patience), 10_000);
  try {
    for (;;) {
      seen = await dial(connection, 15).then(
        () => undefined,
        (error: DialError) => error,
      );
      if (!seen) return;
      if (!booting.includes(seen.code) || waited() > patience) {
        throw new Error(explain(seen, connection, patience));
      }
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  } finally {
    clearInterval(telling);
  }
}

/** Shown as a status for a moment: a machine may take minutes to start. */
const tell = (
  { host, port }: Connection,
  seen: DialError | undefined,
  waited: number,
  patience: number,
) =>
  pulumi.log.info(
    `no SSH at ${host} port ${port} yet (${seen?.code ?? "no answer so far"}); ${Math.round(waited)} s of at most ${patience} s`,
    undefined,
    undefined,
    true,
  );

function explain(error: DialError, { host, port, user }: Connection, patience: number): string {
  const where = `${user}@${host} port ${port}`;
  switch (error.code) {
    case "HOSTKEY":
      return `${where} shows another host key than the configured one. Nothing was sent. If the machine was rebuilt, put its new key into snikket:host.hostKey (ssh-keyscan -t ed25519 ${host}, compared with what the machine's own console shows); if not, or if it is from a cloud, where it keeps the key that it was given, somebody may stand in between.`;
    case "HOSTKEYTYPE":
      return `${where} has no ed25519 host key. On the machine run: ssh-keygen -A && systemctl restart ssh`;
    case "AUTH":
      return `${where} refuses the private key in snikket:sshPrivateKey. Add its public half to ~${user}/.ssh/authorized_keys on the machine, or set the right key or snikket:host.user. A machine from a cloud was given its key when it was made: if somebody changed that, replace the machine.`;
    case "OTHER":
      return `${where} ended the connection: ${error.message}`;
    default:
      return `${where} was not reached within ${patience} s; the last attempt ended with ${error.code} (${error.message}). Is the machine running, the address right, and port ${port} open to you (of a machine from a cloud: by snikket:host.sshFrom)?`;
  }
}
