import { printable } from "../../printable";
import { Failure } from "./probe";
import { type Attributes, encode, kind, type Message, method } from "./stun";
import * as stun from "./stun-attributes";
import { type Channel, exchange } from "./stun-channel";

const { attribute } = stun;

export interface Login {
  username: string;
  credential: string;
}

/** A relay address on a TURN server (RFC 5766), held until it is released or ten minutes have passed. */
export class Allocation {
  /** Where others send what is to reach us; undefined if the server gave no IPv4 address. */
  relayed: stun.Endpoint | undefined;
  /** Our own address, as the server sees it. */
  mapped: stun.Endpoint | undefined;
  /** Realm and nonce of the server, once it has told them, and the key made from them. */
  private login: Attributes = [];
  private key: Buffer | undefined;

  private constructor(
    private readonly channel: Channel,
    private readonly credentials: Login,
  ) {}

  /** Asks for a UDP relay. Fails with the server's reason. */
  static async open(channel: Channel, credentials: Login): Promise<Allocation> {
    const allocation = new Allocation(channel, credentials);
    const udp = Buffer.from([17, 0, 0, 0]);
    const { attributes } = await allocation.request(method.allocate, [[attribute.transport, udp]]);
    allocation.relayed = stun.decodeEndpoint(attributes.get(attribute.relayed));
    allocation.mapped = stun.decodeEndpoint(attributes.get(attribute.mapped));
    return allocation;
  }

  /** Lets packets of a peer's address through, from any port of it (RFC 5766 section 9). */
  async permit(address: string): Promise<void> {
    const peer = stun.encodeEndpoint({ address, port: 0 });
    await this.request(method.permission, [[attribute.peer, peer]]);
  }

  /** Sends a packet from the relay address (RFC 5766 section 10.1). Nothing tells whether it arrives. */
  send(peer: stun.Endpoint, data: Buffer): void {
    const attributes: Attributes = [
      [attribute.peer, stun.encodeEndpoint(peer)],
      [attribute.data, data],
    ];
    this.channel.send(encode(method.send | kind.indication, attributes));
  }

  /** The next packet that reaches the relay address (RFC 5766 section 10.4). */
  received(): Promise<{ peer: stun.Endpoint | undefined; data: Buffer }> {
    return new Promise((resolve) => {
      const read = ({ type, attributes }: Message) => {
        const data = attributes.get(attribute.data);
        if (type !== (method.data | kind.indication) || !data) return;
        this.channel.off("message", read);
        resolve({ peer: stun.decodeEndpoint(attributes.get(attribute.peer)), data });
      };
      this.channel.on("message", read);
    });
  }

  /** Gives the relay address back (RFC 5766 section 7). */
  async release(): Promise<void> {
    await this.request(method.refresh, [[attribute.lifetime, Buffer.alloc(4)]]);
  }

  /** A request with long-term credentials (RFC 5389 section 10.2): the first refusal brings the nonce. */
  private async request(type: number, attributes: Attributes): Promise<Message> {
    for (let refusals = 0; ; refusals += 1) {
      const answer = await exchange(this.channel, type, [...attributes, ...this.login], this.key);
      if (answer.type === (type | kind.success)) return this.trusted(answer);
      const { code, reason } = stun.decodeError(answer.attributes.get(attribute.error));
      // 401 without a key: "log in"; 438: the nonce has become old.
      const expected = (code === 401 && !this.key) || code === 438;
      if (!expected || refusals === 2) throw refusal(code, reason);
      this.prepareLogin(answer);
    }
  }

  private prepareLogin({ attributes }: Message): void {
    const { username, credential } = this.credentials;
    const realm = attributes.get(attribute.realm) ?? Buffer.alloc(0);
    const nonce = attributes.get(attribute.nonce) ?? Buffer.alloc(0);
    this.key = stun.longTermKey(username, realm.toString("utf8"), credential);
    this.login = [
      [attribute.username, Buffer.from(username)],
      [attribute.realm, realm],
      [attribute.nonce, nonce],
    ];
  }

  private trusted(answer: Message): Message {
    if (this.key && answer.signedWith(this.key)) return answer;
    throw new Failure("the TURN server's answer is not signed with the shared secret");
  }
}

function refusal(code: number, reason: string): Failure {
  if (!code) return new Failure("the TURN server answers neither yes nor no");
  const saw = `the TURN server refuses: ${code} ${printable(reason)}`;
  if (code === 401)
    return new Failure(saw, "its secret is not the one the credentials are made with");
  if (code === 486 || code === 508)
    return new Failure(saw, "all relay ports are taken: raise snikket:calls and run `pulumi up`");
  return new Failure(saw);
}
