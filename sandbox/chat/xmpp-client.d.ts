/** What is used here of @xmpp/client, which brings no types. Source: its README and packages/xml/README. */
declare module "@xmpp/client" {
  import type { EventEmitter } from "node:events";

  export interface Element {
    attrs: Record<string, string>;
    is(name: string, namespace?: string): boolean;
    getChild(name: string, namespace?: string): Element | undefined;
    getChildren(name: string, namespace?: string): Element[];
    getChildText(name: string): string | null;
    text(): string;
  }

  export function xml(
    name: string,
    attrs?: Record<string, string>,
    ...children: (Element | string)[]
  ): Element;

  export interface Login {
    username: string;
    password: string;
  }

  export interface Transport {
    new (): { socketParameters(service: string): object | undefined };
  }

  export interface Client extends EventEmitter {
    /** The full address of this session, once it is open. */
    jid?: { toString(): string };
    transports: Transport[];
    reconnect: { stop(): void };
    iqCaller: { request(iq: Element, timeoutMs?: number): Promise<Element> };
    start(): Promise<unknown>;
    stop(): Promise<unknown>;
    send(stanza: Element): Promise<void>;
  }

  export function client(options: {
    service: string;
    domain: string;
    timeout?: number;
    credentials(
      authenticate: (login: Login, mechanism: string) => Promise<void>,
      mechanisms: string[],
    ): Promise<void>;
  }): Client;
}
