import { readFileSync } from "node:fs";

/**
 * Puts a file of Markdown under a pull request as one comment, and edits that the next time. Needs no package, so that
 * nothing else runs where there is a right to write.
 */

/** Finds the comment again; people do not see it. */
const marker = "<!-- what would change -->";
/** GitHub's limit, and who writes in the name of a workflow. Source: docs.github.com/rest/issues/comments. */
const limit = 65_536;
const author = "github-actions[bot]";

interface Comment {
  id: number;
  body?: string;
  user?: { login?: string };
}

async function main(): Promise<void> {
  const file = process.argv[2];
  if (!file) throw new Error("usage: node scripts/comment.ts FILE");
  const [repository, number] = [variable("GITHUB_REPOSITORY"), variable("PULL_REQUEST")];
  const run = `${variable("GITHUB_SERVER_URL")}/${repository}/actions/runs/${variable("GITHUB_RUN_ID")}`;
  const body = shortened(`${marker}\n${readFileSync(file, "utf8")}`, run);
  const issues = `/repos/${repository}/issues`;
  const before = await findComment(`${issues}/${number}/comments`);
  const url = before ? `${issues}/comments/${before.id}` : `${issues}/${number}/comments`;
  await api(before ? "PATCH" : "POST", url, { body });
  console.log(`${before ? "edited" : "wrote"} the comment under pull request ${number}`);
}

function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`The variable ${name} is not set.`);
  return value;
}

/** Cuts at a line; in bytes, of which there are never fewer than characters. */
function shortened(text: string, run: string): string {
  if (Buffer.byteLength(text) <= limit) return text;
  const end = `\n\n**This is not all of it.** The rest stands in [the summary of the run](${run}).\n`;
  const kept: string[] = [];
  let room = limit - Buffer.byteLength(end) - 20;
  for (const line of text.split("\n")) {
    room -= Buffer.byteLength(line) + 1;
    if (room < 0) break;
    kept.push(line);
  }
  return kept.join("\n") + closing(kept) + end;
}

/** What ends a block of code that was cut, as it was begun. */
function closing(lines: string[]): string {
  const open = lines.reduce((fence, line) => {
    const [found = ""] = /^`{3,}/.exec(line) ?? [];
    if (!fence) return found;
    return found.length >= fence.length ? "" : fence;
  }, "");
  return open ? `\n${open}` : "";
}

async function findComment(list: string): Promise<Comment | undefined> {
  for (let page = 1; ; page++) {
    const comments = (await api("GET", `${list}?per_page=100&page=${page}`)) as Comment[];
    const ours = ({ body, user }: Comment) => user?.login === author && body?.startsWith(marker);
    const found = comments.find(ours);
    if (found || comments.length < 100) return found;
  }
}

async function api(method: string, url: string, content?: object): Promise<unknown> {
  const response = await fetch(`${variable("GITHUB_API_URL")}${url}`, {
    method,
    headers: {
      Accept: "application/vnd.github+json",
      Authorization: `Bearer ${variable("GITHUB_TOKEN")}`,
      "X-GitHub-Api-Version": "2022-11-28",
    },
    signal: AbortSignal.timeout(30_000),
    ...(content && { body: JSON.stringify(content) }),
  });
  if (response.ok) return response.json();
  const { message = "" } = (await response.json().catch(() => ({}))) as { message?: string };
  throw new Error(`${method} ${url} was answered with ${response.status} ${message}`);
}

main().catch(({ message }: Error) => {
  console.error(message);
  process.exitCode = 1;
});
