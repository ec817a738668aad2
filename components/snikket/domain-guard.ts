import * as pulumi from "@pulumi/pulumi";

/**
 * Remembers the domain once it is deployed, and refuses another one as early as the preview: Snikket's people,
 * their addresses and their history belong to it.
 * @param opts what must have been deployed before the domain counts as fixed
 */
export function guardDomain(
  name: string,
  domain: string,
  opts: pulumi.CustomResourceOptions,
): pulumi.Stash {
  const refuse = new pulumi.ResourceHook(
    `${name}-domain-fixed`,
    (change) => {
      const before = String((change.oldInputs as { input?: unknown } | undefined)?.input);
      if (before === domain) return;
      throw new Error(
        `snikket:domain is ${domain}, but this server was deployed as ${before}. Snikket cannot change its domain: its people and their history belong to it. Set it back to ${before}; for another domain, make another stack.`,
      );
    },
    { onDryRun: true },
  );
  return new pulumi.Stash(
    `${name}-domain`,
    { input: domain },
    { ...opts, hooks: { beforeUpdate: [refuse] } },
  );
}
