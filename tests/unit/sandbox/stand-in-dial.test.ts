import { retry } from "../../../sandbox/stand-ins/command/dial";

const { signal } = new AbortController();
const failed = () => undefined;

describe("retry", () => {
  it("tries once more than the limit, with pauses that grow by half up to 5 s", async () => {
    const pauses: number[] = [];
    const messages: string[] = [];
    const pause = async (ms: number) => pauses.push(Math.round(ms));
    const attempt = () => Promise.reject(new Error("refused"));
    const retries = { limit: 11, signal, failed: (text: string) => messages.push(text), pause };
    await expect(retry(attempt, retries)).rejects.toThrow("after 11 failed attempts: refused");
    expect(pauses).toEqual([100, 150, 225, 338, 506, 759, 1139, 1709, 2563, 3844, 5000]);
    expect(messages[0]).toBe("Dial 1/11 failed: retrying");
    expect(messages).toHaveLength(11);
  });

  it("ends at once when cancelled", async () => {
    const controller = new AbortController();
    const attempt = () => Promise.reject(new Error("refused"));
    const retries = { limit: -1, signal: controller.signal, failed: () => controller.abort() };
    await expect(retry(attempt, retries)).rejects.toThrow("context canceled");
  });

  it("ends when the resource's time is over", async () => {
    const attempt = () => Promise.reject(new Error("refused"));
    const retries = { limit: -1, signal: AbortSignal.timeout(150), failed };
    await expect(retry(attempt, retries)).rejects.toThrow("context deadline exceeded");
  });
});
