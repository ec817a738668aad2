import type { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import { printable } from "../../printable";
import { connect, secure } from "./connect";
import { Failure, type Finding, probe } from "./probe";
import { namesOf, type VerifyRequest } from "./request";

const dayMs = 24 * 60 * 60 * 1000;
const logHint =
  "on the machine, see: docker exec snikket-certs cat /var/log/letsencrypt/letsencrypt.log";

/** The web server's certificate: trusted, for all three names, from the wanted issuer, not about to end. */
export const certificateProbe = probe("certificate", async (request, signal) => {
  const certificates = await Promise.all(
    namesOf(request).map((name) => check(request, name, signal)),
  );
  const [certificate] = certificates as [X509Certificate];
  return describe(request, certificate);
});

async function check(
  request: VerifyRequest,
  name: string,
  signal: AbortSignal,
): Promise<X509Certificate> {
  const socket = await connect(request, "https", signal);
  // The handshake goes on with a bad certificate, so that it can be described; the verdict comes below.
  const options = { servername: name, rejectUnauthorized: false };
  const secured = await secure(request, socket, options);
  const certificate = secured.getPeerX509Certificate();
  if (!certificate) throw new Failure(`${name} showed no certificate`, logHint);
  judge(request, name, certificate, secured);
  return certificate;
}

function judge(
  request: VerifyRequest,
  name: string,
  certificate: X509Certificate,
  { authorized, authorizationError }: TLSSocket,
): void {
  const { validTo, issuer, subjectAltName = "no name" } = certificate;
  const missing = namesOf(request).filter((name) => !certificate.checkHost(name));
  const faults: [boolean, string][] = [
    [missing.length > 0, `is for ${printable(subjectAltName)}, not for ${missing.join(", ")}`],
    [Date.parse(validTo) < Date.now(), `ended on ${validTo}`],
    [!authorized, `is not trusted (${authorizationError})`],
    [!issuer.includes(request.issuer ?? ""), `is not from "${request.issuer}"`],
  ];
  const fault = faults.find(([found]) => found)?.[1];
  if (!fault) return;
  const what = `the certificate shown for ${name}, issued by ${issuerOf(certificate)},`;
  throw new Failure(`${what} ${fault}`, logHint);
}

/** For example "R11, Let's Encrypt". */
function issuerOf({ issuer }: X509Certificate): string {
  const part = (key: string) => new RegExp(`^${key}=(.*)$`, "m").exec(issuer)?.[1];
  return printable([part("CN"), part("O")].filter(Boolean).join(", ") || issuer);
}

function describe({ domain }: VerifyRequest, certificate: X509Certificate): Finding {
  const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  const left = to - Date.now();
  const saw = `${domain}, valid ${Math.floor(left / dayMs)} days, issued by ${issuerOf(certificate)}`;
  // Renewal is tried from a third of the lifetime on; with a fifth left, it has failed for a while.
  if (left > (to - from) / 5) return { saw };
  return { saw: `${saw}; it should have been renewed by now`, remedy: logHint, note: "warn" };
}
