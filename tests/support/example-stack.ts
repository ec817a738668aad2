import { sshKey } from "./ssh-keys";

/** The machine's host key of all tests; nobody has its private half any more. */
export const hostKey =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJBM923AbB9KbXdiuCHsJotdeFToyhEXLUe/w6+//dyV";

/** As `ssh-keygen -l` shows it. */
export const hostKeyFingerprint = "SHA256:Kn/a1zO4V00m3oR1+W6fqGC4OhM696+Ym3gOf/TRqqA";

/** The smallest stack, in the form the engine hands it over. */
export const exampleStack = (): Record<string, string> & { sshPrivateKey: string } => ({
  domain: "chat.example.org",
  adminEmail: "admin@example.org",
  host: JSON.stringify({ provider: "existing", address: "198.51.100.7", hostKey }),
  dns: JSON.stringify({ provider: "manual" }),
  sshPrivateKey: sshKey().privateKey,
});

/** What the remote steps report when all goes well; the last one seals it. */
export const exampleReports = {
  "host-prepare": "0.5",
  "docker-install": "1.0",
  "snikket-stage": JSON.stringify({
    stamp: "1.5",
    challenge: { path: "/.well-known/acme-challenge/snikket-reachable", content: "1.5" },
  }),
  "snikket-deploy": JSON.stringify({
    invitation: "",
    turn: { username: "1700000000", credential: "relay-credential" },
    listening: ["tcp/80", "tcp/443", "tcp/5222", "udp/3478"],
    chain: null,
  }),
};

/** The text with the keys in its comments uncommented; prose never has a word with a colon alone in front. */
export const uncommented = (text: string): string =>
  text.replaceAll(/^( +)# ((?: *(?:snikket:)?[A-Za-z0-9_]+:(?: .*)?| {4,}\S.*))$/gm, "$1$2");
