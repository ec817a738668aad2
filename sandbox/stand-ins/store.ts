/**
 * What exists in the clouds of the stand-ins. One file per resource: each explicit provider is a
 * process of its own, and none may lose what another wrote.
 */
import * as fs from "node:fs";
import path from "node:path";
import type { Properties } from "./model";

export interface Resource {
  type: string;
  id: string;
  inputs: Properties;
  outputs: Properties;
}

const home = () => process.env.PULUMI_HOME ?? "";
const folder = (plugin: string) => path.join(home(), "cloud", plugin);
const file = (plugin: string, id: string) =>
  path.join(folder(plugin), `${encodeURIComponent(id)}.json`);
function read(from: string) {
  try {
    return JSON.parse(fs.readFileSync(from, "utf8"));
  } catch (error) {
    throw new Error(`${from}: ${(error as Error).message}`);
  }
}

/** All that exists, and what a plan was told of: the array in `known-resources.json`. */
export function resources(plugin: string): Resource[] {
  const known = path.join(home(), "known-resources.json");
  const told: Resource[] = fs.existsSync(known) ? read(known) : [];
  const there = fs.existsSync(folder(plugin));
  const entries = there ? fs.readdirSync(folder(plugin), { withFileTypes: true }) : [];
  const kept = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".json"));
  return [
    ...told.filter(({ type }) => type.startsWith(`${plugin}:`)),
    ...kept.map(({ name }) => read(path.join(folder(plugin), name))),
  ];
}

/** Creates or replaces a file; a reader never sees half of it. */
export function write(to: string, value: unknown): void {
  fs.writeFileSync(`${to}.${process.pid}`, JSON.stringify(value, null, 2), { mode: 0o600 });
  fs.renameSync(`${to}.${process.pid}`, to);
}

/** Creates or replaces. */
export function keep(plugin: string, resource: Resource): void {
  fs.mkdirSync(folder(plugin), { recursive: true });
  write(file(plugin, resource.id), resource);
}

/** A resource as far as texts go. */
export type Named = { id: string } & Record<string, string>;

/** The resources of one kind, such as `Network`. */
export const every = <T = Named>(all: Resource[], kind: string): T[] =>
  all
    .filter(({ type }) => type.endsWith(`:${kind}`))
    .map(({ id, outputs }) => ({ ...outputs, id }) as T);

/** A resource is named by its id, or by its address, which ends with it. */
export const isNamed = (id: string, name: unknown): boolean =>
  name === id || String(name).endsWith(`/${id}`);

export const forget = (plugin: string, id: string): void =>
  fs.rmSync(file(plugin, id), { force: true });
