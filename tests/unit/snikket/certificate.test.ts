import tls from "node:tls";
import { certificateProbe } from "../../../components/snikket/probes/certificate";
import { type Certificate, createAuthority } from "../../support/certificates";
import { closedPort, closeServers, listen, requestFor } from "../../support/servers";

const authority = createAuthority("Test Root");
const names = ["chat.family.test", "groups.chat.family.test", "share.chat.family.test"];

afterEach(closeServers);

async function look(certificate: Certificate, rest = {}) {
  const https = await listen(tls.createServer(certificate));
  return certificateProbe(requestFor({ https }, { acmeRoots: authority.cert, ...rest }));
}

test("tells domain, days left and issuer of a good certificate", async () => {
  expect(await look(authority.issue(names, 90), { issuer: "Test Root" })).toEqual({
    name: "certificate",
    ok: true,
    saw: "chat.family.test, valid 89 days, issued by Test Root CA, Test Root",
  });
});

test.each([
  [
    "lacks a name",
    authority.issue(names.slice(0, 2)),
    {},
    "is for DNS:chat.family.test, DNS:groups.chat.family.test, not for share.chat.family.test",
  ],
  ["has ended", authority.issue(names, -1), {}, "ended on "],
  [
    "is another authority's",
    createAuthority("Stranger").issue(names),
    {},
    "is not trusted (UNABLE_TO",
  ],
  [
    "is from another issuer",
    authority.issue(names),
    { issuer: "Let's Encrypt" },
    `is not from "Let's Encrypt"`,
  ],
])("fails if the certificate %s", async (_, certificate, rest, saw) => {
  const result = await look(certificate, rest);
  expect(result.ok).toBe(false);
  expect(result.saw).toContain(saw);
  expect(result.remedy).toContain("docker exec snikket-certs");
});

test("fails without the configured root: the system's do not vouch for it", async () => {
  const https = await listen(tls.createServer(authority.issue(names)));
  expect(await certificateProbe(requestFor({ https }))).toMatchObject({ ok: false });
});

test("asks for each of the three names, not only the first", async () => {
  const good = authority.issue(names);
  const other = authority.issue(["other.test"]);
  const SNICallback = (name: string, done: (e: null, context: tls.SecureContext) => void) =>
    done(null, tls.createSecureContext(name.startsWith("share.") ? other : good));
  const https = await listen(tls.createServer({ SNICallback }));
  const result = await certificateProbe(requestFor({ https }, { acmeRoots: authority.cert }));
  expect(result.saw).toContain("the certificate shown for share.chat.family.test");
  expect(result.ok).toBe(false);
});

test("warns when renewal is long overdue", async () => {
  // OpenSSL counts validity from now, so an old certificate is one whose clock has moved on.
  const certificate = authority.issue(names, 90);
  jest.useFakeTimers({
    now: Date.now() + 80 * 86_400_000,
    doNotFake: ["setTimeout", "nextTick", "setImmediate"],
  });
  const result = await look(certificate).finally(jest.useRealTimers);
  expect(result).toMatchObject({ ok: true, note: "warn" });
  expect(result.saw).toContain("valid 9 days");
});

test("fails in words where nothing listens", async () => {
  const result = await certificateProbe(requestFor({ https: await closedPort() }));
  expect(result).toMatchObject({ ok: false, unreachable: "https" });
  expect(result.saw).toMatch(/^127\.0\.0\.1:\d+ refused the connection$/);
});

test("trusts below an intermediate certificate that is given instead of a root", async () => {
  const intermediate = authority.delegate();
  const acmeRoots = intermediate.cert;
  expect(await look(intermediate.issue(names), { acmeRoots })).toMatchObject({ ok: true });
  expect(await look(authority.issue(names), { acmeRoots })).toMatchObject({ ok: false });
});
