import { readFileSync } from "node:fs";
import * as path from "node:path";
import { parseDocument } from "yaml";
import { account, address, checkout, domain, sandboxName, subnet } from "../settings";
import { type StackFile, settings } from "../stack";
import type { CloudKind } from "./cloud";

/** The example as it stands, with the accounts that there are here. */
export function cloudStack(kind: CloudKind): StackFile {
  const example = path.join(checkout, "stacks", `${kind}.example.yaml`);
  const document = parseDocument(readFileSync(example, "utf8"));
  const { compartmentId, project, zoneId, apiToken } = account;
  const ours = kind === "oracle" ? { compartmentId } : { project };
  const host = { ...ours, sshFrom: [`${address("operator")}/32`] };
  const set = (value: unknown, ...keys: string[]) => document.setIn(["config", ...keys], value);
  for (const [key, value] of Object.entries({ domain, ...settings() }))
    set(value, `snikket:${key}`);
  for (const [key, value] of Object.entries(host)) set(value, "snikket:host", key);
  set(zoneId, "snikket:dns", "zone");
  return {
    text: document.toString({ lineWidth: 0 }),
    secrets: { "cloudflare:apiToken": apiToken },
  };
}

/** What the plugins need to know, and who asks Oracle and Google. */
export const cloudEnvironment = (): Record<string, string> => ({
  SNIKKET_SANDBOX_CHECKOUT: checkout,
  SNIKKET_SANDBOX_NAME: sandboxName,
  SNIKKET_SANDBOX_SUBNET: subnet,
  OCI_USER_OCID: "ocid1.user.oc1..sandbox",
  GOOGLE_OAUTH_ACCESS_TOKEN: account.apiToken,
});
