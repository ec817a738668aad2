import { judge, misplacements, type Problem } from "./dns-judge";
import { Failure, type Finding, probe } from "./probe";
import { namesOf, type VerifyRequest } from "./request";
import { type Answer, lookUp, type NameServer, nameServers } from "./resolve";

interface ServerReport {
  server: string;
  /** Set if the server answered nothing at all. */
  silent?: string;
  problems: Problem[];
}

/** The three names give exactly this machine, at each name server. */
export const dnsProbe = probe("dns", async (request, signal) => {
  const servers = await nameServers(request.domain, request.nameservers, signal);
  const reports = await Promise.all(servers.map((server) => ask(request, server)));
  const answering = reports.filter(({ silent }) => !silent);
  const silent = reports.filter(({ silent }) => silent);
  const silence = silent.map(({ server, silent }) => `${server} (${silent})`).join(", ");
  if (answering.length === 0) throw unanswered(silent, silence);
  const problems = merge(answering);
  if (problems.length > 0) throw asFailure(problems);
  return describe(request, answering, silence);
});

function unanswered(reports: ServerReport[], silence: string): Failure {
  return new Failure(
    `no name server answers: ${silence}`,
    reports.every(({ silent }) => silent === "EREFUSED")
      ? "they do not know this domain: see that its zone exists there, and that the registrar names these servers"
      : "they may be down, or your network lets you ask only its own: set snikket:nameservers to some that answer",
  );
}

async function ask(request: VerifyRequest, server: NameServer): Promise<ServerReport> {
  const names = namesOf(request);
  const answers = await Promise.all(names.map((name) => lookUp(server, name)));
  const [first] = answers as [Answer];
  if (first.error && answers.every(({ error }) => error))
    return { server: server.name, silent: first.error, problems: [] };
  const problems = names.map(async (name, i) => {
    const answer = answers[i] as Answer;
    // What a name has from the domain by its CNAME is said once, of the domain.
    if (i > 0 && judge(request, name, first) && sameAddresses(answer, first)) return undefined;
    return judge(request, name, answer, await findMisplaced(request, server, name, answer));
  });
  return {
    server: server.name,
    problems: (await Promise.all(problems)).filter((p) => p !== undefined),
  };
}

function sameAddresses(one: Answer, other: Answer): boolean {
  const list = ({ ipv4, ipv6 }: Answer) => [...ipv4, ...ipv6].sort().join();
  return list(one) !== "" && list(one) === list(other);
}

async function findMisplaced(
  { domain, ipv4 }: VerifyRequest,
  server: NameServer,
  name: string,
  answer: Answer,
): Promise<string | undefined> {
  if (answer.error || answer.ipv4.length > 0) return undefined;
  for (const candidate of misplacements(domain, name))
    if ((await lookUp(server, candidate)).ipv4.includes(ipv4)) return candidate;
  return undefined;
}

/** Each problem once, with the servers that have it, if not all do. */
function merge(reports: ServerReport[]): Problem[] {
  const bySaw = new Map<string, Problem & { servers: string[] }>();
  for (const { server, problems } of reports)
    for (const problem of problems) {
      const known = bySaw.get(problem.saw) ?? { ...problem, servers: [] };
      bySaw.set(problem.saw, { ...known, servers: [...known.servers, server] });
    }
  return [...bySaw.values()].map(({ saw, remedy, servers }) => ({
    saw: servers.length < reports.length ? `${saw} (at ${servers.join(", ")})` : saw,
    remedy,
  }));
}

function asFailure(problems: Problem[]): Failure {
  const lines = new Set(problems.map(({ remedy }) => remedy));
  return new Failure(
    problems.map(({ saw }) => saw).join("; "),
    `put this into the zone, then run \`pulumi up\` again:\n${[...lines].join("\n")}`,
  );
}

function describe(request: VerifyRequest, reports: ServerReport[], silence: string): Finding {
  const servers = reports.map(({ server }) => server).join(", ");
  const addresses = [request.ipv4, request.ipv6].filter(Boolean).join(" and ");
  const saw = `all three names give ${addresses} at ${servers}`;
  if (!silence) return { saw };
  return { saw: `${saw}; no answer from ${silence}`, note: "warn" };
}
