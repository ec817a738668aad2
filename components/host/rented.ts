import type { Openings } from "./openings";

/** What is asked of any cloud for a machine, beside its size and its place. */
export interface RentedHostArgs extends Openings {
  /** What everything is called there, after `snikket-`: letters, digits and dashes, at most 46; no other stack may have the same. */
  label: string;
  /** Release of Ubuntu, as `24.04`; another one means another machine. */
  ubuntu: string;
  /** Where the data disk is mounted. */
  dataFolder: string;
  /** `HH:MM`, or `never`. */
  rebootAt: string;
  /** Whether the machine may neither be replaced nor destroyed. */
  protectMachine: boolean;
}
