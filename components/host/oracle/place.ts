import { adviceForRoom, noRoomAt } from "../room";

/** What is known of where a machine could be. */
export interface Survey {
  shape: string;
  /** Names of the region's availability domains, in their order. */
  domains: string[];
  /** Where the volume with the data is, or else the machine: it stays there. */
  kept?: string | undefined;
  /** The configured one, counted from 1. */
  configured?: number | undefined;
  /** What Oracle says of each domain that was asked: `AVAILABLE`, `OUT_OF_HOST_CAPACITY`, `HARDWARE_NOT_SUPPORTED`. */
  room: Record<string, string>;
}

/** Oracle goes on listing for an hour what is gone. */
export const isThere = ({ state }: { state: string }): boolean => !state.startsWith("TERMINAT");

export const noRoom = noRoomAt("Oracle");

/** Whether a failure is the want of room: as it is said here, or by Oracle itself when it was to start a machine. */
export const isWantOfRoom = (said: string): boolean =>
  said.includes(noRoom) || /\bOut\s+of\s+(host\s+)?capacity\b/i.test(said);

/** The availability domain to be in; where none has room, one of them nevertheless. */
export function placeOf({ domains, kept, configured, room }: Survey): string {
  const withRoom = domains.find((domain) => room[domain] === "AVAILABLE");
  const untold = domains.find((domain) => !isRefused(room[domain]));
  return kept ?? domains[(configured ?? 0) - 1] ?? withRoom ?? untold ?? domains[0] ?? "";
}

/** Only what Oracle says clearly keeps from trying. */
const isRefused = (answer: string | undefined): boolean =>
  answer === "OUT_OF_HOST_CAPACITY" || answer === "HARDWARE_NOT_SUPPORTED";

/** What is wrong with the configured domain, as far as it can be known without asking for room. */
export function configuredProblem({
  domains,
  kept,
  configured,
}: Omit<Survey, "room">): string | undefined {
  if (configured === undefined) return undefined;
  const wanted = domains[configured - 1];
  if (!wanted) {
    return `snikket:host.availabilityDomain is ${configured}, but the region has ${domains.length}: ${domains.join(", ")}. Set one of these, or leave the key out.`;
  }
  if (kept && wanted !== kept) {
    return `snikket:host.availabilityDomain is ${configured}, but the data of this server is on a volume in ${kept}, and volumes cannot move. Set ${domains.indexOf(kept) + 1}, or leave the key out.`;
  }
  return undefined;
}

/** Why no machine can be made in the place that was chosen, and what to do; nothing where it can. */
export function roomProblem(survey: Survey): string | undefined {
  const { shape, kept, room } = survey;
  const place = placeOf(survey);
  const answer = room[place];
  if (answer === undefined || !isRefused(answer)) return undefined;
  const asked = kept ? { [kept]: answer } : room;
  const answers = Object.entries(asked).map(([domain, said]) => `${domain} ${said}`);
  if (Object.values(asked).every((said) => said === "HARDWARE_NOT_SUPPORTED")) {
    return `Oracle has no machines of the shape ${shape} here (${answers.join(", ")}). Set snikket:host.shape to ${otherShape(shape)}.`;
  }
  const bound = kept ? " where this server's data is" : "";
  return advice(
    `for a machine of the shape ${shape}${bound} (${answers.join(", ")})`,
    `set snikket:host.shape to ${otherShape(shape)}`,
  );
}

/** What to do, and when, where Oracle said so itself: nothing else is known then. */
export const roomAdvice = (): string =>
  advice(
    "for this machine",
    "set another snikket:host.shape, or leave snikket:host.availabilityDomain out, if it is set",
  );

const advice = (what: string, otherwise: string): string =>
  adviceForRoom("Oracle", what, [
    otherwise,
    "upgrade the account to pay-as-you-go (console: Billing, Upgrade): it is served first, and what is free stays free",
  ]);

/** What else is free, for a remedy. */
export const otherShape = (shape: string): string =>
  shape === "VM.Standard.A1.Flex"
    ? "VM.Standard.E2.1.Micro, which is small but enough for a family"
    : "VM.Standard.A1.Flex";
