/** Exit codes of every verb; `plan` alone has others than these for what it finds. */
export const exit = { done: 0, failed: 1, usage: 2, missing: 3 } as const;
