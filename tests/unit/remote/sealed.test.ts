import { sealKey, unseal } from "../../../components/remote/sealed";
import { sealed } from "../../support/sealed";

const key = sealKey({ privateKey: "a private key" });

test.each(["{}", "ü".repeat(33), "x".repeat(200_000)])("opens what a machine sealed", (text) => {
  const line = sealed(text, key);
  expect(line).toMatch(/^U2FsdGVkX1[A-Za-z0-9+/]+=*$/);
  expect(unseal(line, key)).toBe(text);
});

test("seals the same text differently each time, and repeats none of it", () => {
  const secret = "https://chat.example.org/invite/abcdefgh/".repeat(9);
  const lines = [sealed(secret, key), sealed(secret, key)];
  expect(new Set(lines).size).toBe(2);
  for (const line of lines)
    expect(Buffer.from(line, "base64").toString("latin1")).not.toContain("invite");
});

test("is a key of its own for each private key, which stands nowhere in it", () => {
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(sealKey({ privateKey: "a private key\n" })).not.toBe(key);
});

test.each([
  ["nothing", ""],
  ["what is not sealed", '{"invitation":""}'],
  ["half of it", sealed("x".repeat(100), key).slice(0, 90)],
])("opens nothing of %s", (_, line) => {
  expect(unseal(line, key)).toBeUndefined();
});

test("opens nothing with another key", () => {
  const line = sealed('{"invitation":""}', key);
  // One text of 256 looks right to the cipher by chance; none of them is this one.
  expect(unseal(line, sealKey({ privateKey: "another" })) ?? "").not.toContain("invitation");
});
