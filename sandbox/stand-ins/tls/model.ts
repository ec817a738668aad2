/** What the `tls` plugin plans: a key is never changed, only replaced. */
import type { Rules } from "../model";

export const models: Record<string, Rules> = {
  "tls:index/privateKey:PrivateKey": { replaces: { "*": true } },
};
