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

/**
 * How long a look in a hook may take, in seconds. Once something else has failed, the engine passes on no more
 * questions, and yet waits for whoever asked one: without an end to that, `up` would have none.
 */
const patience = 60;

/** A look in a hook. @param whether what it is to see @throws where it takes too long */
export function inTime(whether: string, look: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = () =>
      reject(
        new Error(
          `It could not be seen within ${patience} s whether ${whether}. If something else failed as well, mend that; then run this again.`,
        ),
      );
    const timer = setTimeout(late, patience * 1000);
    void look()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
