import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { json, text } from "node:stream/consumers";

const root = path.join(__dirname, "../../..");
const marker = "<!-- what would change -->";
const token = "ghs_nobody";
const ours = { id: 7, body: `${marker}\nthe last one`, user: { login: "github-actions[bot]" } };

interface Request {
  call: string;
  token: string | undefined;
  body?: string;
}

let server: Server;
let folder: string;
/** The comments under the pull request, and how a wish to write is answered. */
let comments: object[];
let answer: { status: number; body: object };
let requests: Request[];

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "comment-"));
  [comments, answer, requests] = [[], { status: 200, body: {} }, []];
  server = createServer(async (request, response) => {
    const call = `${request.method} ${request.url}`;
    const seen: Request = { call, token: request.headers.authorization };
    if (request.method !== "GET") seen.body = ((await json(request)) as { body: string }).body;
    requests.push(seen);
    const page = Number(new URL(request.url ?? "", "http://x").searchParams.get("page"));
    const list = { status: 200, body: comments.slice((page - 1) * 100, page * 100) };
    const { status, body } = request.method === "GET" ? list : answer;
    response.writeHead(status).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** Runs the script on this Markdown, as a workflow does. */
async function comment(markdown: string, variables = {}) {
  const file = path.join(folder, "preview.md");
  writeFileSync(file, markdown);
  const env = {
    PATH: process.env.PATH,
    GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    GITHUB_SERVER_URL: "https://github.example",
    GITHUB_REPOSITORY: "family/chat",
    GITHUB_RUN_ID: "99",
    GITHUB_TOKEN: token,
    PULL_REQUEST: "4",
    ...variables,
  };
  const args = ["--require", "tsx/cjs", "scripts/comment.ts", file];
  const child = spawn(process.execPath, args, { cwd: root, env });
  const [output, status] = await Promise.all([
    Promise.all([text(child.stdout), text(child.stderr)]),
    new Promise((resolve) => child.on("close", resolve)),
  ]);
  return { status, output: output.join("") };
}

const written = () => requests.at(-1)?.body ?? "";

test("writes the first comment", async () => {
  comments = [{ id: 1, body: "Nice!", user: { login: "somebody" } }];
  expect(await comment("### home\n")).toMatchObject({ status: 0 });
  expect(requests).toEqual([
    {
      call: "GET /repos/family/chat/issues/4/comments?per_page=100&page=1",
      token: `Bearer ${token}`,
    },
    {
      call: "POST /repos/family/chat/issues/4/comments",
      token: `Bearer ${token}`,
      body: `${marker}\n### home\n`,
    },
  ]);
});

test("edits it the next time, wherever it stands by then", async () => {
  const others = Array.from({ length: 130 }, (_, id) => ({ id, body: "me too", user: null }));
  comments = [...others, ours];
  expect(await comment("### home\n")).toMatchObject({ status: 0 });
  expect(requests.map(({ call }) => call)).toEqual([
    "GET /repos/family/chat/issues/4/comments?per_page=100&page=1",
    "GET /repos/family/chat/issues/4/comments?per_page=100&page=2",
    "PATCH /repos/family/chat/issues/comments/7",
  ]);
});

test("leaves a comment alone that only looks like its own", async () => {
  comments = [{ ...ours, user: { login: "somebody" } }];
  await comment("### home\n");
  expect(requests.at(-1)?.call).toBe("POST /repos/family/chat/issues/4/comments");
});

test("keeps within GitHub's limit, and closes the block that it cuts", async () => {
  const lines = Array.from({ length: 3000 }, (_, number) => `± thing ${number} → another one`);
  await comment(`### home\n\n\`\`\`\`text\n${lines.join("\n")}\n\`\`\`\`\n`);
  expect(Buffer.byteLength(written())).toBeLessThanOrEqual(65_536);
  expect(Buffer.byteLength(written())).toBeGreaterThan(65_000);
  expect(written()).toMatch(
    /another one\n````\n\n\*\*This is not all of it\.\*\* .*\(https:\/\/github\.example\/family\/chat\/actions\/runs\/99\)\.\n$/,
  );
});

test("opens no block by closing one, where it cuts between them", async () => {
  const block = `\`\`\`text\n${"x".repeat(60_000)}\n\`\`\`\n`;
  await comment(`${block}${"y".repeat(9_000)}\n`);
  expect(written()).toMatch(/\n```\n\n\*\*This is not/);
  expect(written().match(/^```/gm)).toHaveLength(2);
});

test("says what GitHub said, and not the token", async () => {
  answer = { status: 403, body: { message: "Resource not accessible by integration" } };
  const { status, output } = await comment("### home\n");
  expect(status).toBe(1);
  expect(output).toBe(
    "POST /repos/family/chat/issues/4/comments was answered with 403 Resource not accessible by integration\n",
  );
});

test("says which variable is missing", async () => {
  expect(await comment("### home\n", { PULL_REQUEST: "" })).toEqual({
    status: 1,
    output: "The variable PULL_REQUEST is not set.\n",
  });
  expect(requests).toEqual([]);
});
