import { existsSync } from "node:fs";
import * as path from "node:path";
import { checkout, zone } from "../../sandbox/settings";
import { stackEnvironment } from "../../sandbox/stack";
import { command, type Ended, expectDone } from "./e2e";
import { answers, inConsoles } from "./e2e-cloud";
import {
  documentedEnd,
  documentedNext,
  type Family,
  familyOf,
  hostWith,
  outputsOf,
  serverOf,
} from "./e2e-families";
import { expectInvitation } from "./e2e-newcomer";

export const unchanged = ["up", "--yes", "--skip-preview", "--expect-no-changes"];

/** Everything in the clouds that somebody gave a name to, by that name. */
export const named = (): string[] =>
  inConsoles().flatMap(
    ({ outputs: { displayName, name } }) => (displayName ?? name ?? []) as string,
  );

/** Those that are called after its domain, or are that. */
export const namesOf = ({ domain }: Family): string[] =>
  named().filter((name) => name.replaceAll(".", "-").includes(domain.replaceAll(".", "-")));

export const serves = async (family: Family): Promise<boolean> =>
  answers("peer", "tcp", `${(await outputsOf(family)).ipv4}:443`);

/** The documented commands but the last one, which forgets the stack. */
export async function end(family: Family): Promise<void> {
  for (const args of documentedEnd().slice(0, -1))
    expectDone(await family.pulumi(args, hostWith({ protectMachine: false })));
}

/** With the documented last command: nothing is left of a family that has ended, nor of its stack. */
export async function expectForgotten(family: Family, stackFile: string): Promise<void> {
  expectDone(await family.pulumi(documentedEnd().at(-1) ?? []));
  expect(existsSync(stackFile)).toBe(false);
}

/**
 * The README's three commands bring the next family to its invitation, beside one that stays as it is; then it leaves.
 * @returns what `up` said
 */
export async function expectNextBesides(first: Family): Promise<Ended> {
  const name = "next";
  const env = { PULUMI_STACK: name };
  const file = path.join(checkout, "stacks", `Pulumi.${name}.yaml`);
  const next = familyOf(`${name}.${zone}`, { env }, file);
  const [init = [], domain = [], up = []] = documentedNext(name);
  for (const args of [init, domain]) expectDone(await next.pulumi(args));
  const made = await next.pulumi(up);
  expectDone(made);
  expect(await Promise.all([serves(first), serves(next)])).toEqual([true, true]);
  const invite = ["run", "invite", "--", "--stack", name];
  const variables = { ...process.env, ...stackEnvironment() };
  await expectInvitation(await command("npm", invite, { env: variables }), await serverOf(next));
  expectDone(await first.pulumi(unchanged));
  await end(next);
  expect(namesOf(next)).toEqual([]);
  await expectForgotten(next, file);
  return made;
}
