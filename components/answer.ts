import * as pulumi from "@pulumi/pulumi";

let told = false;

/**
 * The answer to a question to a cloud. Without one the program ends with one error, in our words (those that it is in
 * already stay); the output never resolves then, for a resource would tell of a failed input with a stack.
 */
export function answerTo<T>(
  question: Promise<T>,
  explain: (said: string) => string,
): pulumi.Output<T> {
  const answer = new Promise<T>((resolve) => {
    void question.then(resolve, (error: Error) => {
      // The first failure is the others' as well.
      if (told) return;
      told = true;
      // Nobody catches it: that ends the program.
      throw pulumi.RunError.isInstance(error) ? error : inOurWords(explain(saidIn(error)));
    });
  });
  return pulumi.output(answer) as pulumi.Output<T>;
}

/** An error that is shown without a stack. */
export const inOurWords = (text: string): Error =>
  Object.assign(new pulumi.RunError(text), { stack: "" });

/** What a cloud itself said, in one line: engine and plugins put their own around it. */
export function saidIn({ message }: Error): string {
  const lines = (message.split("returned an error: ").at(-1) ?? "").split("\n");
  const words = lines.map((line) => line.replace(/^invoking \S+: |^\s*\* /, "").trim());
  return words.find((line) => line && !/errors? occurred:$/.test(line)) ?? "";
}

interface Look {
  /** What it is to see, after "whether"; for what is said where it takes too long. */
  whether: string | ((args: pulumi.ResourceHookArgs) => string);
  /** Gives why the step is refused; nothing where it is not. */
  look: (args: pulumi.ResourceHookArgs) => Promise<string | undefined>;
  /** How long it may take, in seconds. @default 60 */
  patience?: number;
}

/** A hook that asks a cloud before a step, in the preview as well, and refuses the step with what it finds wrong. */
export const refusing = (
  name: string,
  { whether, look, patience }: Look,
  opts: pulumi.ResourceHookOptions = { onDryRun: true },
): pulumi.ResourceHook =>
  new pulumi.ResourceHook(
    name,
    async (args) => {
      const what = typeof whether === "string" ? whether : whether(args);
      const problem = await inTime(what, look(args), patience);
      if (problem) throw new Error(problem);
    },
    opts,
  );

/**
 * An answer that must come in time. Once something else has failed, the engine passes on no more questions, and yet
 * waits for whoever asked one: without an end to that, `up` would have none.
 * @throws where it takes too long
 */
export function inTime<T>(whether: string, answer: Promise<T>, patience = 60): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(
      `It could not be seen within ${patience} s whether ${whether}. If something else failed as well, mend that; then run this again.`,
    );
    timer = setTimeout(() => reject(error), patience * 1000);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
