/** What ends the verb with a sentence for its user, and an exit code. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly exitCode: 1 | 2 | 3 = 1,
  ) {
    super(message);
  }
}
