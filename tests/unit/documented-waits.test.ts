import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";

const root = path.join(__dirname, "../..");
const text = (file: string) => readFileSync(path.join(root, file), "utf8");
const [, table = ""] =
  /The longest waits of an `up`;.*\n\n([\s\S]*?)\n\n/.exec(text("docs/operations.md")) ?? [];

/** How long it says to wait, where that is, and how it stands there. */
const waits: [string, string, string][] = [
  ["1 minute each", "answer.ts", "patience = 60)"],
  ["5 minutes to count", "host/oracle/tenancy.ts", "patience: 300,"],
  ["1 minute until there is SSH", "host/existing-host.ts", "patience = 60;"],
  ["5 minutes at Google", "host/google/google-host.ts", "patience = 300;"],
  ["10 minutes at Oracle", "host/oracle/oracle-host.ts", "patience = 600;"],
  // Of ten seconds each.
  ["15 minutes for another run", "remote/prelude.sh", "++waited < 90"],
  ["30 minutes for one program", "remote/waits.sh", "watched 1800 "],
  ["20 minutes for another program", "remote/apt.sh", "wait_until 1200 "],
  ["10 minutes for the first boot", "host/prepare.sh", "watched 600 "],
  ["2 minutes for the data volume", "host/data-volume.sh", "wait_until 120 "],
  ["1 minute for the records", "snikket/look-from-outside.ts", "dnsPatience = 60;"],
  ["1 minute for each name", "snikket/guards.sh", "wait_until 60 "],
  ["1 minute for the web proxy", "snikket/stage.sh", "wait_until 60 "],
  ["2 minutes for the certificate", "snikket/certificate.sh", "wait_until 120 "],
  ["2 minutes for the health", "snikket/deploy.sh", "wait_until 120 "],
  ["1 minute for the ports", "snikket/deploy.sh", "wait_until 60 "],
  ["9 seconds for each", "snikket/probes/probe.ts", "longestMs = 9_000;"],
];

test.each(waits)("%s is what %s waits", (words, file, code) => {
  expect(table).toContain(words);
  expect(text(`components/${file}`)).toContain(code);
});

test("every wait of the table is looked up", () => {
  expect(table.match(/\d+ (minute|second)s?\b/g)).toHaveLength(waits.length);
});

test("every wait of a script is in the table", () => {
  const files = readdirSync(path.join(root, "components"), { encoding: "utf8", recursive: true });
  const bounds = files
    .filter((file) => file.endsWith(".sh"))
    .flatMap((file) =>
      [...text(`components/${file}`).matchAll(/\b(?:wait_until|watched) \d+ /g)].map(
        ([found]) => `${file} ${found}`,
      ),
    );
  expect(bounds.length).toBeGreaterThan(10);
  // Shorter than the one before it, and after it.
  const within = [
    "remote/apt.sh watched 600 ",
    "snikket/certificate.sh watched 130 ",
    "snikket/certificate.sh wait_until 10 ",
  ];
  const known = waits.map(([, file, code]) => `${file} ${code}`);
  expect(bounds.filter((bound) => ![...known, ...within].includes(bound))).toEqual([]);
});
