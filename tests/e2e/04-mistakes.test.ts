import { bringUp, expectNoTrace } from "../support/e2e";
import { pulumi, resources, stackFileWith, up } from "../support/e2e-stack";
import { digest } from "../support/e2e-steps";
import { sshKey } from "../support/ssh-keys";

beforeAll(() => bringUp({ settings: "any" }));

/** Mistakes in a stack's file, and what a person is told of them. */
const mistakes: [string, Record<string, unknown>, string[]][] = [
  ["a value out of bounds", { calls: 0 }, ["snikket:calls must be 1 or more"]],
  [
    "a misspelt key",
    { retentionDay: 7 },
    ["snikket:retentionDay is not a known key; did you mean snikket:retentionDays?"],
  ],
  [
    "several at once, a secret among them",
    { domain: "https://chat", logLevel: "loud", sshPrivateKey: sshKey().publicKey },
    [
      'snikket:domain "https://chat" ',
      "snikket:logLevel must be one of: error, warn, info, debug",
      "snikket:sshPrivateKey is a public key; the private one is needed",
      "snikket:sshPrivateKey stands in plain text in the stack's file",
    ],
  ],
];

describe.each(mistakes)("%s, with a server that runs", (_, changes, messages) => {
  const command = (verb: string) => {
    const stackFile = stackFileWith("mistakes", changes);
    return verb === "up" ? up({ stackFile }) : pulumi(["preview"], { stackFile });
  };

  it.each(["preview", "up"])("ends %s with a line for each, and changes nothing", async (verb) => {
    const before = { state: resources(), machine: await digest() };
    const ended = await command(verb);
    expect(ended.code).not.toBe(0);
    const [, list = ""] =
      /is misconfigured; nothing was changed:\n((?: +snikket:.*\n)+)/.exec(ended.output) ?? [];
    expect(list.trim().split(/\n +/)).toEqual(
      messages.map((text) => expect.stringContaining(text)),
    );
    expectNoTrace(ended);
    expect({ state: resources(), machine: await digest() }).toEqual(before);
  });
});
