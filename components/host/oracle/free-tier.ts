/** Kinds of machines of which some are free. */
export const freeShapes = ["VM.Standard.A1.Flex", "VM.Standard.E2.1.Micro"] as const;

/** What a stack asks Oracle Cloud for; memory and volumes in GB. */
export interface OracleWish {
  shape: (typeof freeShapes)[number];
  /** Of an A1.Flex; the other one has a fixed size. */
  ocpus: number;
  /** Of an A1.Flex. */
  memoryGb: number;
  bootVolumeGb: number;
  dataVolumeGb: number;
  /** Whether it may cost money. */
  allowPaid: boolean;
}

/** What is wrong with one key of a wish, and what to do. */
interface OracleProblem {
  key: keyof OracleWish;
  message: string;
}

/** What is used of everything that is limited. */
export interface OracleUse {
  /** Of A1.Flex, stopped ones too. */
  ocpus: number;
  memoryGb: number;
  /** Machines of the shape E2.1.Micro. */
  micros: number;
  /** Of boot volumes and others. */
  volumesGb: number;
}

/** Free for each tenancy, in its home region. Source: Oracle's documentation of Always Free resources, since 15 June 2026. */
export const free: OracleUse = { ocpus: 2, memoryGb: 12, micros: 2, volumesGb: 200 };

/** Volumes are not made smaller. Source: Oracle's documentation of boot volumes. */
export const smallestVolumeGb = 50;

export const noUse: OracleUse = { ocpus: 0, memoryGb: 0, micros: 0, volumesGb: 0 };

export const isFlexible = ({ shape }: Pick<OracleWish, "shape">): boolean =>
  shape.endsWith(".Flex");

/**
 * What of a wish is beyond the free tier, unless it may cost money: limit, value and remedy of each.
 * @param others what else runs in the tenancy
 */
export function freeTierProblems(wish: OracleWish, others = noUse): OracleProblem[] {
  if (wish.allowPaid) return [];
  const problems: [keyof OracleWish, string | undefined][] = [
    ["ocpus", sizeProblem(wish, "ocpus", "OCPUs", others)],
    ["memoryGb", sizeProblem(wish, "memoryGb", "GB of memory", others)],
    ["shape", microProblem(wish, others)],
    [wish.bootVolumeGb > smallestVolumeGb ? "bootVolumeGb" : "dataVolumeGb", sum(wish, others)],
  ];
  return problems.flatMap(([key, problem]) =>
    problem ? [{ key, message: `${problem}, or allowPaid: true if it may cost money` }] : [],
  );
}

function sizeProblem(
  wish: OracleWish,
  key: "ocpus" | "memoryGb",
  unit: string,
  others: OracleUse,
): string | undefined {
  const left = Math.max(0, free[key] - others[key]);
  if (!isFlexible(wish) || wish[key] <= left) return undefined;
  const elsewhere = others[key] ? `, of which other machines have ${others[key]}` : "";
  const remedy = left >= 1 ? `set ${left} or less` : "terminate one of them, or take another shape";
  return `is ${wish[key]}, and ${free[key]} ${unit} of A1.Flex are free in a tenancy${elsewhere}; ${remedy}`;
}

function microProblem({ shape }: OracleWish, { micros }: OracleUse): string | undefined {
  if (shape !== "VM.Standard.E2.1.Micro" || micros < free.micros) return undefined;
  return `is ${shape}, of which ${free.micros} are free in a tenancy, and ${micros} are there; terminate one of them, or take VM.Standard.A1.Flex`;
}

function sum({ bootVolumeGb, dataVolumeGb }: OracleWish, { volumesGb }: OracleUse) {
  const wanted = bootVolumeGb + dataVolumeGb;
  if (wanted + volumesGb <= free.volumesGb) return undefined;
  const elsewhere = volumesGb ? `, of which other volumes take ${volumesGb}` : "";
  const left = free.volumesGb - volumesGb;
  const remedy =
    left >= 2 * smallestVolumeGb
      ? `make both together ${left} GB or less`
      : "delete what is not needed (console: Storage, Block volumes and Boot volumes)";
  return `makes ${bootVolumeGb} GB (boot) and ${dataVolumeGb} GB (data) ${wanted} GB, and ${free.volumesGb} GB of volumes are free in a tenancy${elsewhere}; ${remedy}`;
}
