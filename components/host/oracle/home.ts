import { getAvailabilityDomains, getRegionSubscriptions } from "@pulumi/oci/identity";
import * as pulumi from "@pulumi/pulumi";
import { refusing } from "../../answer";

interface HomeArgs {
  compartmentId: string;
  /** Where the machine is to be. */
  region: string;
  /** Whether it may cost money. */
  allowPaid: boolean;
}

/** Refuses a new machine or volume where nothing is free, already in the preview; warns where that may cost money. */
export function homeHook(
  name: string,
  args: HomeArgs,
  opts: pulumi.InvokeOptions,
): pulumi.ResourceHook {
  let problem: Promise<string | undefined> | undefined;
  return refusing(name, {
    whether: `${args.region} is the tenancy's home region`,
    look: () => {
      problem ??= judged(args, opts);
      return problem;
    },
  });
}

/** What is to be refused; the rest is a warning. */
async function judged(
  { compartmentId, region, allowPaid }: HomeArgs,
  opts: pulumi.InvokeOptions,
): Promise<string | undefined> {
  const home = await homeRegion(compartmentId, opts);
  if (home === region) return undefined;
  if (home === undefined) {
    if (!allowPaid) pulumi.log.warn(untold(region));
    return undefined;
  }
  const where = `snikket:host.region is ${region}, and Oracle's machines and volumes are free only in the tenancy's home region, ${home}`;
  if (!allowPaid) return `${where}; set that, or allowPaid: true if it may cost money`;
  pulumi.log.warn(`${where}: here all of it is paid for, also what monthlyCost takes for free.`);
  return undefined;
}

const untold = (region: string): string =>
  `Whether ${region} is the tenancy's home region could not be looked at: these credentials may not read it. Only there machines and volumes are free; Oracle's console shows it in the profile menu, Tenancy.`;

/** Nothing where these credentials may not read it. */
async function homeRegion(
  compartmentId: string,
  opts: pulumi.InvokeOptions,
): Promise<string | undefined> {
  try {
    const tenancyId = await tenancyOf(compartmentId, opts);
    const { regionSubscriptions } = await getRegionSubscriptions({ tenancyId }, opts);
    return regionSubscriptions.find(({ isHomeRegion }) => isHomeRegion)?.regionName;
  } catch {
    return undefined;
  }
}

/** The root of all compartments: the availability domains are its own. */
export async function tenancyOf(
  compartmentId: string,
  opts: pulumi.InvokeOptions,
): Promise<string> {
  const { availabilityDomains } = await getAvailabilityDomains({ compartmentId }, opts);
  return availabilityDomains[0]?.compartmentId ?? compartmentId;
}
