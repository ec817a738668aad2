import * as pulumi from "@pulumi/pulumi";
import { missingCredentials } from "./config.credentials";
import { exampleDoubts, hostDoubts } from "./config.doubts";
import { explainIssues } from "./config.problems";
import { type Config, ConfigSchema } from "./config.schema";
import { agentProblems, plainSecrets, secretProblems } from "./config.secrets";

/** The configuration and its secrets; wrong ones end the program with every mistake listed. */
export interface StackConfig extends Config {
  /** Lets in where a machine is there already; machines from a cloud get a key of their own. */
  sshPrivateKey: pulumi.Output<string> | undefined;
}

const namespace = "snikket:";

/** The SDK does not declare it. */
const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };

/** Reads the stack's configuration once. @throws pulumi.RunError that lists every mistake */
export function loadConfig(): StackConfig {
  const all = pulumi.runtime.allConfig();
  const own = Object.entries(all).filter(([key]) => key.startsWith(namespace));
  const { config, problems } = parseConfig(
    Object.fromEntries(own.map(([key, value]) => [key.slice(namespace.length), value])),
  );
  // A plan reaches no machine, and may be of an example.
  const offline = Boolean(process.env.SNIKKET_OFFLINE);
  const found = [
    ...problems,
    ...(config ? missingCredentials(config, all) : []),
    ...(offline ? [] : [...agentProblems(), ...plainSecrets(all, isConfigSecret)]),
  ];
  const mistakes = own.length ? found : [nothingSet()];
  if (!config || mistakes.length) {
    const list = mistakes.map((mistake) => `  ${mistake}`).join("\n");
    throw new pulumi.RunError(
      `stack "${pulumi.getStack()}" is misconfigured; nothing was changed:\n${list}`,
    );
  }
  const examples = offline ? [] : exampleDoubts(config);
  for (const doubt of [...hostDoubts(config.host), ...examples]) pulumi.log.warn(doubt);
  return { ...config, sshPrivateKey: new pulumi.Config().getSecret("sshPrivateKey") };
}

/** Instead of a list of every key. What is in the file already stays: its salt belongs to the passphrase. */
const nothingSet = (): string =>
  `there is no setting of snikket: in stacks/Pulumi.${pulumi.getStack()}.yaml; for a new stack, copy what is in one of stacks/*.example.yaml into it and change the values; for one that was there, put your copy of the file back`;

/** Checks values as the engine hands them over: scalars as strings, the rest as JSON. */
export function parseConfig(raw: Record<string, string>): { config?: Config; problems: string[] } {
  const { sshPrivateKey, ...open } = raw;
  const values = mapValues(open, structured);
  const parsed = ConfigSchema.safeParse(values, { reportInput: true });
  const problems = [
    ...(parsed.success ? [] : explainIssues(parsed.error.issues)),
    ...secretProblems({ sshPrivateKey }, values.host),
  ];
  return parsed.success && !problems.length ? { config: parsed.data, problems } : { problems };
}

const mapValues = <From, To>(object: Record<string, From>, change: (value: From) => To) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));

/** Maps and lists arrive as JSON; a scalar stays the string it is. */
function structured(value: string): unknown {
  if (!/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
