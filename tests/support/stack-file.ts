/** What stands below `config` in a stack file. */
export interface StackFile {
  config: Record<string, unknown>;
}

/**
 * The values below `snikket:` in the form the engine hands them over: scalars as strings, maps and lists as JSON,
 * secrets decrypted.
 * @param secret gives the plain value of what stands behind `secure:`
 */
export function engineValues(
  { config }: StackFile,
  secret: (secure: string) => string = (secure) => secure,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key.replace(/^snikket:/, ""),
      engineValue(value, secret),
    ]),
  );
}

function engineValue(value: unknown, secret: (secure: string) => string): string {
  if (typeof value !== "object" || value === null) return String(value);
  if ("secure" in value) return secret(String(value.secure));
  return JSON.stringify(value);
}
