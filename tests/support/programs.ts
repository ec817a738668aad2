import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";

/** Puts a shell script in a program's place; it can count on no other program. */
export function fakeProgram(folder: string, name: string, body: string): void {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
}

/** Makes a folder with links to all programs on the path but one, to be a path itself. */
export function linkPrograms(folder: string, butFor: string): string {
  mkdirSync(folder, { recursive: true });
  const folders = (process.env.PATH ?? "").split(":").filter((one) => existsSync(one));
  const all = folders.flatMap((one) => readdirSync(one).map((name) => [name, one] as const));
  // As on the path itself, the first of a name counts.
  for (const [name, one] of new Map(all.reverse()))
    if (name !== butFor) symlinkSync(path.join(one, name), path.join(folder, name));
  return folder;
}

const real = jest.requireActual<typeof import("node:child_process")>("node:child_process");

const withEnvironment =
  (start: (program: string, args: string[], options: object) => unknown) =>
  (program: string, args: string[], options: object) =>
    start(program, args, { env: process.env, ...options });

/** For `jest.mock("node:child_process")`: what a test sets in the environment, PATH above all, holds for programs too. */
export const childProcess = {
  ...real,
  spawn: withEnvironment(real.spawn),
  spawnSync: withEnvironment(real.spawnSync),
};
