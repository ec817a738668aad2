import { setTimeout as sleep } from "node:timers/promises";

/** Asks again until the answer is one; the last failure is told where it never is. */
export async function eventually<T>(ask: () => Promise<T>, seconds = 60): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(200);
    }
  }
}
