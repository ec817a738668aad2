import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

export interface Certificate {
  key: string;
  cert: string;
}

export interface Authority extends Certificate {
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

function sign(ca: Certificate, subject: string, extensions: string, days: number): Certificate {
  const key = newKey();
  const request = openssl(["req", "-new", "-key", "FILE/key", "-subj", subject], { key });
  const signing = ["-CA", "FILE/ca", "-CAkey", "FILE/cakey", "-set_serial", String(Date.now())];
  const validity = ["-days", String(days), "-extfile", "FILE/extensions"];
  const files = { request, extensions, ca: ca.cert, cakey: ca.key };
  const args = ["x509", "-req", "-in", "FILE/request", ...signing, ...validity];
  return { key, cert: openssl(args, files) };
}

/** Runs openssl with files given by content, named FILE/… in its arguments. */
function openssl(args: string[], files: Record<string, string> = {}): string {
  const folder = mkdtempSync(path.join(tmpdir(), "certificates-"));
  try {
    for (const [name, content] of Object.entries(files))
      writeFileSync(path.join(folder, name), content);
    const resolved = args.map((arg) => arg.replace("FILE", folder));
    return execFileSync("openssl", resolved, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
