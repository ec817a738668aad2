import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import { cloud } from "../../sandbox/cloud/router";
import { docker } from "../../sandbox/docker";
import { ipv4 } from "./e2e-cloud";
import { isInCloud, victim } from "./fault-victim";

/** Where the line to the machine's SSH server breaks, and how. */
export interface Cut {
  /** Which connection of an `up`, from 0; a plain look for a machine that answers is none. */
  connection: number;
  /** From the operator to the machine, or back. */
  direction: "up" | "down";
  /** After so many bytes. */
  byte: number;
  /** Both ends are told, or nothing arrives any more and nobody is told; who asks after a minute hears that it is gone. */
  how: "reset" | "silent";
}

/** How many bytes went each way on a connection. */
export type Size = Record<Cut["direction"], number>;

/** The port on the machine, or on its cloud's router, behind which its SSH server can be cut off. */
export const linePort = 2222;

/** Passes bytes on in another network, with which alone it runs, to an address that it is told; and says what it passed on. */
const program = `
const net = require("node:net");
let cut, count = 0;
const tell = (message) => process.stdout.write(JSON.stringify(message) + "\\n");
require("node:readline").createInterface({ input: process.stdin })
  .on("line", (line) => { cut = JSON.parse(line).cut; count = 0; tell({ ready: true }); })
  .on("close", () => process.exit());
net.createServer({ allowHalfOpen: true }, (client) => {
  const connection = count++;
  const sshd = net.connect({ port: 22, host: process.argv[1], allowHalfOpen: true });
  const size = { up: 0, down: 0 };
  let isCut = false;
  const break_ = () => {
    isCut = true;
    tell({ cut: connection, port: client.remotePort });
    const end = () => [client, sshd].forEach((socket) => socket.resetAndDestroy());
    if (cut.how === "reset") return end();
    for (const socket of [client, sshd]) socket.pause();
    setTimeout(end, 50_000).unref();
  };
  const pass = (from, to, direction) => {
    from.on("data", (chunk) => {
      if (isCut) return;
      const mine = cut && cut.connection === connection && cut.direction === direction;
      const left = mine ? cut.byte - size[direction] : Infinity;
      size[direction] += Math.min(chunk.length, left);
      if (chunk.length < left) return to.write(chunk);
      to.write(chunk.subarray(0, left), break_);
    });
    from.on("end", () => isCut || to.end());
    from.on("error", () => isCut || to.destroy());
    from.on("close", () => isCut || to.destroy());
  };
  pass(client, sshd, "up");
  pass(sshd, client, "down");
  client.on("close", () => isCut || tell({ connection, size }));
}).listen(${linePort}, () => tell({ ready: true }));`;

const inspect = async (container: string, format: string): Promise<string> =>
  (await docker(["inspect", "-f", format, container])).stdout.trim();

/** Where the line is laid, and the address of the SSH server from there. */
async function place(): Promise<[container: string, server: string]> {
  if (!isInCloud()) return [victim(), "127.0.0.1"];
  return [
    cloud,
    await inspect(victim(), "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"),
  ];
}

/** What a cloud's router sends over the line, whatever it routes besides. */
const diverted = `PREROUTING -t nat -p tcp -d ${ipv4} --dport 22 -j REDIRECT --to-ports ${linePort}`;

/** The line to a machine; it has to be laid anew where the machine was started anew. */
export class Line {
  private readonly sizes: Size[] = [];
  private readonly dead: number[] = [];
  private ready: () => void = () => {};

  private constructor(
    private readonly child: ChildProcess,
    private readonly container: string,
  ) {
    // A test that failed ends without removing it.
    for (const open of [child, child.stdin, child.stdout]) (open as Socket | null)?.unref();
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    lines.on("line", (line) => this.hear(JSON.parse(line)));
  }

  /** Lays it to the machine that runs now. */
  static async lay(): Promise<Line> {
    const [container, server] = await place();
    const enter = ["--net", "--target", await inspect(container, "{{.State.Pid}}")];
    const node = [process.execPath, "-e", program, server];
    const child = spawn("nsenter", [...enter, ...node], { stdio: ["pipe", "pipe", "inherit"] });
    const line = new Line(child, container);
    await line.answered();
    if (isInCloud()) await line.inIt(`iptables -w -I ${diverted}`);
    return line;
  }

  /** From the next connection on, which counts as the first one: whole, or cut there. */
  async set(cut?: Cut): Promise<void> {
    this.how = cut?.how;
    this.sizes.length = 0;
    this.cuts = 0;
    const answered = this.answered();
    this.child.stdin?.write(`${JSON.stringify({ cut })}\n`);
    await answered;
  }

  private how: Cut["how"] | undefined;
  /** How many connections were cut since the line was last set. */
  cuts = 0;

  /** What went over each connection since then, in the order in which they began; waits until so many have ended. */
  async seen(connections: number): Promise<Size[]> {
    const ended = () => this.sizes.filter(Boolean).length;
    while (ended() < connections) await new Promise((resolve) => setTimeout(resolve, 50));
    return [...this.sizes];
  }

  /** Lets packets through again on connections that were silent. */
  async heal(): Promise<void> {
    for (const port of this.dead.splice(0)) await this.drop("-D", port);
  }

  async remove(): Promise<void> {
    await this.heal();
    if (isInCloud()) await this.inIt(`iptables -w -D ${diverted}`);
    this.child.stdin?.end();
  }

  private answered(): Promise<void> {
    return new Promise((resolve) => {
      this.ready = resolve;
    });
  }

  private hear(said: { ready?: true; cut?: number; port: number; connection: number; size: Size }) {
    if (said.ready) this.ready();
    else if (said.cut === undefined) this.sizes[said.connection] = said.size;
    else {
      this.cuts++;
      if (this.how === "silent") {
        this.dead.push(said.port);
        void this.drop("-I", said.port);
        // Where something was under way, the system would go on sending it for a quarter of an hour (tcp_retries2).
        setTimeout(() => void this.drop("-D", said.port), 60_000).unref();
      }
    }
  }

  /** Makes a connection's packets vanish both ways, or no longer. */
  private drop(how: "-I" | "-D", port: number): Promise<void> {
    return this.inIt(`iptables -w -t raw ${how} PREROUTING -p tcp --sport ${port} -j DROP
      iptables -w -t raw ${how} OUTPUT -p tcp --dport ${port} -j DROP`);
  }

  private async inIt(script: string): Promise<void> {
    await docker(["exec", this.container, "sh", "-ec", script], { mayFail: true });
  }
}
