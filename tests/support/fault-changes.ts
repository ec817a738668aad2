import { randomInt } from "node:crypto";
import { newSetting, ownHost } from "./fault";

let minute = randomInt(1440);

/** Another time at which the machine may restart: its first step runs again, and no other. */
export function newTime(host: Record<string, unknown> = {}): Record<string, unknown> {
  minute = (minute + 1) % 1440;
  const parts = [Math.floor(minute / 60), minute % 60].map((part) => `${part}`.padStart(2, "0"));
  return { host: ownHost({ ...host, rebootAt: parts.join(":") }) };
}

/** The steps on a machine, in their order, and what makes each run again with as little as possible besides. */
export const changes: Record<string, () => Record<string, unknown>> = {
  "host-prepare": newTime,
  "docker-install": newSetting,
  "snikket-stage": newSetting,
  "snikket-deploy": newSetting,
};
