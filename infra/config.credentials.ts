import { existsSync } from "node:fs";
import { homedir } from "node:os";
import * as path from "node:path";
import { profileProblems } from "./config.profile";
import type { Config } from "./config.schema";

interface Credentials {
  /** Any one of these will do: configuration keys, variables, a file below the home folder. */
  keys: string[];
  variables: string[];
  /** Or each of these, by its key or its variable. */
  together?: [key: string, variable: string][];
  file?: string;
  /** What is wrong with that file, where it is the one that counts. */
  fileProblems?: (values: Record<string, string>, home: string) => string[];
  remedy: string;
}

/** How each service learns who asks. Source: the providers' installation pages at pulumi.com/registry. */
const services: Record<string, Credentials> = {
  oracle: {
    keys: ["oci:auth", "oci:userOcid"],
    variables: ["TF_VAR_auth", "TF_VAR_user_ocid", "OCI_AUTH", "OCI_USER_OCID", "OCI_CONFIG_FILE"],
    file: ".oci/config",
    fileProblems: profileProblems,
    remedy:
      "no credentials for Oracle Cloud: save the API key's configuration that the console shows as ~/.oci/config, or set oci:tenancyOcid, oci:userOcid, oci:fingerprint and oci:privateKey (npx pulumi config set --secret)",
  },
  google: {
    keys: ["gcp:credentials", "gcp:accessToken"],
    variables: [
      "GOOGLE_CREDENTIALS",
      "GOOGLE_APPLICATION_CREDENTIALS",
      "GOOGLE_CLOUD_KEYFILE_JSON",
      "GCLOUD_KEYFILE_JSON",
      "GOOGLE_OAUTH_ACCESS_TOKEN",
      "GCE_METADATA_HOST",
    ],
    file: ".config/gcloud/application_default_credentials.json",
    remedy:
      "no credentials for Google Cloud: run gcloud auth application-default login, or set gcp:credentials (npx pulumi config set --secret) or the variable GOOGLE_CREDENTIALS",
  },
  cloudflare: {
    keys: ["cloudflare:apiToken"],
    variables: ["CLOUDFLARE_API_TOKEN"],
    together: [
      ["cloudflare:apiKey", "CLOUDFLARE_API_KEY"],
      ["cloudflare:email", "CLOUDFLARE_EMAIL"],
    ],
    remedy:
      "cloudflare:apiToken is missing; make a token that may edit DNS at dash.cloudflare.com/profile/api-tokens, then: npx pulumi config set --secret cloudflare:apiToken, or set the variable CLOUDFLARE_API_TOKEN",
  },
};

/** What the stack's services need to know and nobody told them. */
export function missingCredentials(
  { host, dns }: Pick<Config, "host" | "dns">,
  values: Record<string, string>,
  home = homedir(),
): string[] {
  return [host.provider, dns.provider].flatMap((provider) => {
    const needed = services[provider];
    if (!needed) return [];
    const { keys, variables, together, file, fileProblems, remedy } = needed;
    const isTold = (name: string) => values[name] || process.env[name];
    if ([...keys, ...variables].some(isTold) || together?.every((one) => one.some(isTold)))
      return [];
    if (!file || !existsSync(path.join(home, file))) return [remedy];
    return fileProblems?.(values, home) ?? [];
  });
}
