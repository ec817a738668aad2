import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { escaped } from "../components/printable";

/** What the plugin needs of a profile; the region it is told. Source: oracle/oci-go-sdk, common/configuration_provider.go. */
const needed = ["user", "fingerprint", "tenancy", "key_file"];

/** With one of these a profile is no API key's. */
const others = ["security_token_file", "delegation_token_file", "authentication_type"];

/** What may be told beside the file, as oci:tenancyOcid, OCI_TENANCY_OCID or TF_VAR_tenancy_ocid. */
const beside = /^(oci:|OCI_|TF_VAR_)(tenancy_?ocid|fingerprint|private_?key)/i;

/** What ~/.oci/config lacks for Oracle to know who asks; the key itself is not read. */
export function profileProblems(values: Record<string, string>, home: string): string[] {
  const { env } = process;
  const name =
    values["oci:configFileProfile"] ||
    env.TF_VAR_config_file_profile ||
    env.OCI_CONFIG_FILE_PROFILE ||
    "DEFAULT";
  const text = read(path.join(home, ".oci/config"));
  if (text === undefined) return ["~/.oci/config is there, and cannot be read as a file"];
  const profile = profileIn(text, name);
  if (!profile) return [`there is no profile [${escaped(name)}] in ~/.oci/config: ${remedy}`];
  const told = [...Object.keys(values), ...Object.keys(env)].some((key) => beside.test(key));
  if (told || others.some((key) => profile[key])) return [];
  const missing = needed.filter((key) => !profile[key]);
  if (missing.length)
    return [
      `~/.oci/config has no ${missing.join(", ")} in its profile [${escaped(name)}]: ${remedy}`,
    ];
  return keyProblems(profile.key_file ?? "", home);
}

const remedy =
  'save there what the console shows under your profile, "API keys", at the key: View configuration file';

function keyProblems(file: string, home: string): string[] {
  if (existsSync(file.replace(/^~(?=\/)/, home))) return [];
  return [
    `key_file in ~/.oci/config is ${escaped(file)}, which is not there: write the path of the key that you downloaded`,
  ];
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** The lines of the first profile of this name, as the plugin reads them: what looks like a comment is part of a value. */
function profileIn(text: string, name: string): Record<string, string> | undefined {
  const lines = text.split("\n");
  const titles = lines.map((line) => /^\[(.*)\]/.exec(line)?.[1]);
  const start = titles.indexOf(name) + 1;
  if (!start) return undefined;
  const next = titles.findIndex((title, at) => at >= start && title !== undefined);
  const own = lines.slice(start, next < 0 ? undefined : next).map((line) => line.split("="));
  return Object.fromEntries(
    own.map(([key = "", value = ""]) => [key.trim().toLowerCase(), value.trim()]),
  );
}
