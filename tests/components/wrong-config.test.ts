import { exampleStack } from "../support/example-stack";
import { mockEngine } from "../support/mocks";

test("fails before anything is registered, with every mistake in one message and no stack trace", async () => {
  const { sshPrivateKey: _, ...rest } = exampleStack();
  const config = { ...rest, domain: "chat", calls: "5000", colour: "green" };
  const engine = await mockEngine({ config });
  const error = await engine.run(() => require("../../infra/index")).catch((error) => error);
  const { RunError } = require("@pulumi/pulumi") as typeof import("@pulumi/pulumi");
  // Of any other error, Pulumi shows the stack.
  expect(RunError.isInstance(error)).toBe(true);
  expect(error.message).toBe(
    `stack "test" is misconfigured; nothing was changed:
  snikket:domain "chat" has no dot; write the full name, as chat.example.org
  snikket:calls must be 1000 or less
  snikket:colour is not a known key
  snikket:sshPrivateKey is missing; set it with: npx pulumi config set --secret snikket:sshPrivateKey < ~/.ssh/snikket`,
  );
  expect(engine.resources).toEqual([]);
});
