/** How the SDK marks a secret. Source: Pulumi's sdk/nodejs/runtime/rpc.ts. */
const secretKey = "4dabf18193072939515e22adb298388d";

const isSecret = (value: object): value is { value: unknown } => secretKey in value;

/** The value without the wrapping of secrets. */
export function unwrap(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(unwrap);
  if (isSecret(value)) return unwrap(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, unwrap(part)]));
}

/** The value with `secret` in place of everything that is one: what may be seen of it. */
export function openPart(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(openPart);
  if (isSecret(value)) return "secret";
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, openPart(part)]));
}
