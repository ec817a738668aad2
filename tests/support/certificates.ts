import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

export interface Certificate {
  key: string;
  cert: string;
}

interface Authority extends Certificate {
  /** @param days validity from now on; a negative one has ended already */
  issue(names: string[], days?: number): Certificate;
  /** An authority below this one; what it issues brings its certificate along. */
  delegate(): Authority;
}

/** A certificate authority of a test's own, made with the openssl command. */
export function createAuthority(name = "Test Root"): Authority {
  const key = newKey();
  const subject = `/O=${name}/CN=${name} CA`;
  const cert = openssl(["req", "-x509", "-key", "FILE/key", "-subj", subject, "-days", "30"], {
    key,
  });
  return authority({ key, cert }, "");
}

function authority(own: Certificate, chain: string): Authority {
  const issue = (names: string[], days = 90) => {
    const alternatives = names.map((name) => `DNS:${name}`).join(",");
    const leaf = sign(own, `/CN=${names[0]}`, `subjectAltName=${alternatives}\n`, days);
    return { ...leaf, cert: leaf.cert + chain };
  };
  const delegate = () => {
    const below = sign(
      own,
      "/O=Test/CN=Test Intermediate",
      "basicConstraints=critical,CA:TRUE\n",
      30,
    );
    return authority(below, below.cert + chain);
  };
  return { ...own, issue, delegate };
}

const newKey = () => openssl(["ecparam", "-genkey", "-name", "prime256v1", "-noout"]);

/** By `ca`, for `x509 -req` takes dates only since OpenSSL 3.4, and since 3.5 no days before today. */
function sign(ca: Certificate, subject: string, extensions: string, days: number): Certificate {
  const key = newKey();
  const request = openssl(["req", "-new", "-key", "FILE/key", "-subj", subject], { key });
  const files = { request, config: config(extensions), index: "", ca: ca.cert, cakey: ca.key };
  const signer = ["-config", "FILE/config", "-cert", "FILE/ca", "-keyfile", "FILE/cakey"];
  const validity = [
    "-startdate",
    daysFromNow(Math.min(days - 1, 0)),
    "-enddate",
    daysFromNow(days),
  ];
  const args = ["ca", "-batch", "-notext", ...signer, "-in", "FILE/request", ...validity];
  return { key, cert: openssl(args, files) };
}

const config = (extensions: string): string => `[ca]
default_ca = test
[test]
database = FILE/index
new_certs_dir = FILE
rand_serial = yes
default_md = sha256
policy = any
x509_extensions = extensions
[any]
commonName = supplied
organizationName = optional
[extensions]
${extensions}`;

/** As `20300131120000Z`. */
const daysFromNow = (days: number): string =>
  `${new Date(Date.now() + days * 86_400_000).toISOString().replace(/\D/g, "").slice(0, 14)}Z`;

/** Runs openssl with files given by content, named FILE/… in its arguments. */
function openssl(args: string[], files: Record<string, string> = {}): string {
  const folder = mkdtempSync(path.join(tmpdir(), "certificates-"));
  try {
    for (const [name, content] of Object.entries(files))
      writeFileSync(path.join(folder, name), content.replaceAll("FILE", folder));
    const resolved = args.map((arg) => arg.replace("FILE", folder));
    return execFileSync("openssl", resolved, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
