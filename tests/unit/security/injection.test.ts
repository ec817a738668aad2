import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import fc from "fast-check";
import { compose } from "../../../components/remote/run-script";
import { parseConfig } from "../../../infra/config";
import { ConfigSchema } from "../../../infra/config.schema";
import {
  anyText,
  fullStacks,
  leaves,
  long,
  nasty,
  type Place,
  placesOf,
  type Values,
  valueAt,
  withKey,
  withValue,
} from "../../support/attack-strings";
import { sshKey } from "../../support/ssh-keys";

const { privateKey } = sshKey();
const seed = Date.now() % 1_000_000;
const stacks = fullStacks();

/** As the engine hands it over: maps and lists as JSON, scalars as strings. */
const parsed = (values: Values) => {
  const raw = Object.entries(values).map(([key, value]) => [
    key,
    typeof value === "object" ? JSON.stringify(value) : String(value),
  ]);
  const key = (values.host as Values).provider === "existing" && { sshPrivateKey: privateKey };
  return parseConfig({ ...Object.fromEntries(raw), ...key });
};

/** Each place of each full stack, once. */
const targets = [
  ...new Map(
    stacks.flatMap((stack) =>
      leaves(stack).map((place): [string, { stack: Values; place: Place }] => [
        `${place[0] === "host" ? (stack.host as Values).provider : ""} ${place.join(".")}`.trim(),
        { stack, place },
      ]),
    ),
  ),
];

/** Something bad in place of a good value, and in front, in the middle of it, or behind. */
function spoiled(good: string, bad: string, turn: number): string[] {
  const cut = [0, Math.ceil(good.length / 2), good.length][turn % 3];
  return [bad, good.slice(0, cut) + bad + good.slice(cut)];
}

/** Nothing that steers a terminal, breaks its line, turns its direction round, or hides. */
const readable = /^snikket:[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{10,1000}$/u;

/** What each place let in, to be carried to a machine below. */
const accepted: Record<string, string[]> = {};

/** Refuses in words, or takes a value as it is; gives what was seen of anything else. */
function tried(name: string, values: Values, place: Place, given: string): string[] {
  const { config, problems } = parsed(values);
  const wrong = problems.filter((problem) => !readable.test(problem));
  if (problems.length > 0 !== (config === undefined)) wrong.push(`refused by halves: ${given}`);
  if (!config) return wrong;
  const taken = valueAt(config, place);
  const comment = place.at(-1) === "hostKey" ? given.slice(String(taken).length) : "";
  const same = typeof taken === "number" ? taken === Number(given) : taken + comment === given;
  if (!same) wrong.push(`taken as ${taken}: ${given}`);
  accepted[name] = [...(accepted[name] ?? []), String(taken)];
  return wrong;
}

test("no key of the schema is left out", () => {
  const known = targets.map(([, { place }]) => place.join("."));
  const wanted = placesOf(ConfigSchema).map((place) => place.join("."));
  const isKnown = (place: string) =>
    known.some(
      (one) => one === place || (place.endsWith("*") && one.startsWith(place.slice(0, -1))),
    );
  expect(wanted.length).toBeGreaterThan(40);
  expect(wanted.filter((place) => !isKnown(place))).toEqual([]);
});

test("the stacks to be spoiled are good ones", () => {
  expect(stacks.flatMap((stack) => parsed(stack).problems)).toEqual([]);
});

describe(`whatever stands in a stack file is refused in one readable line, or taken as it is (seed ${seed})`, () => {
  test.each(targets)("at %s", (name, { stack, place }) => {
    const good = String(valueAt(stack, place));
    const bad = [...nasty, ...fc.sample(anyText, { seed, numRuns: 20 })];
    const given = bad.flatMap((text, turn) => spoiled(good, text, turn));
    const all = [...given, ...long, ...long.map((text) => good + text)];
    // One expectation for all of them: thousands take seconds.
    const wrong = all.flatMap((text) => tried(name, withValue(stack, place, text), place, text));
    expect(wrong).toEqual([]);
  });

  const names = [...nasty, ...long, "__proto__", "constructor", "toString"];

  test("in a name of an extra setting", () => {
    const place = ["extraSettings", "SNIKKET_UPDATE_CHECK"];
    const [stack = {}] = stacks;
    for (const name of names.flatMap((text, turn) => spoiled("SNIKKET_X", text, turn))) {
      const { config, problems } = parsed(withKey(stack, place, name));
      expect(problems.filter((problem) => !readable.test(problem))).toEqual([]);
      expect(Object.keys(config?.extraSettings ?? {})).toEqual(
        /^[A-Z][A-Z0-9_]{0,99}$/.test(name) ? [name] : [],
      );
    }
  });

  test.each(["domain", "host.provider", "turnPorts.from", "docker.repository.url"])(
    "in place of the key %s",
    (key) => {
      const [stack = {}] = stacks;
      for (const name of names) {
        const { config, problems } = parsed(withKey(stack, key.split("."), name));
        expect(config).toBeUndefined();
        expect(problems).not.toEqual([]);
        expect(problems.filter((problem) => !readable.test(problem))).toEqual([]);
      }
    },
  );
});

/** What stands in commands that a message gives to be pasted, as behind `ssh-keyscan` or `npx pulumi import`. */
const pasted = ["domain", "dns.zone", "existing host.address", "google host.zone"];

test.each(pasted)(
  "nothing but one plain word is taken for %s, which stands in commands to paste",
  (name) => {
    expect(targets.map(([target]) => target)).toContain(name);
    expect((accepted[name] ?? []).filter((word) => !/^\w[\w.:-]*$/.test(word))).toEqual([]);
  },
);

const folder = mkdtempSync(path.join(tmpdir(), "injection-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a script finds that was sent as steps are: its variables and its files, byte for byte. */
function arrived(values: string[]): { variables: string[]; files: string[]; noise: string } {
  const names = values.map((_, i) => `V${i}`);
  const body = `for ((i = 0; i < ${values.length}; i++)); do v=V$i; printf '%s\\0' "\${!v}" >&3; done
printf '\\0' >"$FILES/end"
cat ${values.map((_, i) => `"$FILES/V${i}" "$FILES/end"`).join(" ")} >&3\n`;
  const entries = Object.fromEntries(values.map((value, i) => [names[i], value]));
  const { stdout, stderr } = spawnSync("bash", ["-s"], {
    input: compose(body, entries, entries),
    encoding: "utf8",
    maxBuffer: 2 ** 30,
    // A run removes what others left, and these are not alone here.
    env: { ...process.env, TMPDIR: folder, LOCK_FILE: path.join(folder, "lock") },
  });
  const parts = stdout.split("\0").slice(0, -1);
  return {
    variables: parts.slice(0, values.length),
    files: parts.slice(values.length),
    noise: stderr,
  };
}

test("what was taken arrives in the variables and files of a step, byte for byte, and nothing of it is run", () => {
  const all = [...new Set(Object.values(accepted).flat())];
  expect(all.filter((text) => /['"`$\\;&|<>]/.test(text)).length).toBeGreaterThan(30);
  expect(Math.max(...all.map((text) => text.length))).toBeGreaterThan(9_000);
  // Not all at once, for the environment of a process has an end.
  for (let at = 0; at < all.length; at += 20) {
    const some = all.slice(at, at + 20);
    expect(arrived(some)).toEqual({ variables: some, files: some, noise: "" });
  }
});
