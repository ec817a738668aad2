import { hostKey } from "../support/example-stack";
import { runProgram } from "../support/program";

/** What an `up` of the example's stack says of records, or its preview. */
async function shown(preview: boolean, host: object = {}): Promise<string[]> {
  const existing = { provider: "existing", address: "198.51.100.7", hostKey, ...host };
  const { engine } = await runProgram({ host: JSON.stringify(existing) }, { preview });
  return engine.logs.filter((line) => line.includes("DNS record needed"));
}

test("shows the records a person has to make, before anything is done", async () => {
  expect(await shown(true)).toEqual([
    expect.stringContaining(
      "chat.example.org A 198.51.100.7 (TTL 300; in example.org the name is chat)",
    ),
    expect.stringContaining("groups.chat.example.org CNAME chat.example.org. (TTL 300"),
    expect.stringContaining("share.chat.example.org CNAME chat.example.org. (TTL 300"),
  ]);
});

test("shows an AAAA record too, where there is an IPv6 address", async () => {
  expect(await shown(true, { ipv6: "2001:db8::8" })).toContainEqual(
    expect.stringContaining("chat.example.org AAAA 2001:db8::8"),
  );
});

test("says nothing more while it is done: the gate names what is missing", async () => {
  expect(await shown(false)).toEqual([]);
});
