import * as pulumi from "@pulumi/pulumi";
import { explainIssues } from "./config.problems";
import { type Config, ConfigSchema, privateKeyProblem, secretKeys } from "./config.schema";

/** The configuration and its secrets; wrong ones end the program with every mistake listed. */
export interface StackConfig extends Config {
  sshPrivateKey: pulumi.Output<string>;
}

const namespace = "snikket:";

/** Reads the stack's configuration once. @throws pulumi.RunError that lists every mistake */
export function loadConfig(): StackConfig {
  const raw = Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig())
      .filter(([key]) => key.startsWith(namespace))
      .map(([key, value]) => [key.slice(namespace.length), value]),
  );
  const { config, problems } = parseConfig(raw);
  if (!config) {
    const list = problems.map((problem) => `  ${problem}`).join("\n");
    throw new pulumi.RunError(
      `stack "${pulumi.getStack()}" is misconfigured; nothing was changed:\n${list}`,
    );
  }
  return { ...config, sshPrivateKey: new pulumi.Config().requireSecret("sshPrivateKey") };
}

/** Checks values as the engine hands them over: scalars as strings, the rest as JSON. */
export function parseConfig(raw: Record<string, string>): { config?: Config; problems: string[] } {
  const { sshPrivateKey, ...open } = raw;
  const keyProblem = privateKeyProblem(sshPrivateKey);
  const parsed = ConfigSchema.safeParse(
    Object.fromEntries(Object.entries(open).map(([key, value]) => [key, structured(value)])),
    { reportInput: true },
  );
  const problems = [
    ...(parsed.success ? [] : explainIssues(parsed.error.issues)),
    ...(keyProblem ? [`${namespace}${secretKeys[0]} ${keyProblem}`] : []),
  ];
  return parsed.success && !problems.length ? { config: parsed.data, problems } : { problems };
}

/** Maps and lists arrive as JSON; a scalar stays the string it is. */
function structured(value: string): unknown {
  if (!/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
