import { getRegionSubscriptions } from "@pulumi/oci/identity";
import * as pulumi from "@pulumi/pulumi";
import { inTime, refusing } from "../../answer";
import { resolved } from "../../resolved";

interface HomeArgs {
  /** Where the machine is to be. */
  region: string;
  /** Whether it may cost money. */
  allowPaid: boolean;
  home: HomeRegion;
}

/** Tells the tenancy's home region; nothing where these credentials may not read it. */
type HomeRegion = () => Promise<string | undefined>;

/** Asks Oracle once, and only when somebody wants to know. */
export function homeRegion(
  tenancyId: pulumi.Output<string>,
  opts: pulumi.InvokeOptions,
): HomeRegion {
  let home: Promise<string | undefined> | undefined;
  return () => {
    const asked = () => resolved(tenancyId).then((tenancyId) => ask(tenancyId, opts));
    home ??= inTime("it is the home region", asked()).catch(() => undefined);
    return home;
  };
}

/** Refuses a new machine or volume where nothing is free, already in the preview; warns where that may cost money. */
export function homeHook(name: string, args: HomeArgs): pulumi.ResourceHook {
  let problem: Promise<string | undefined> | undefined;
  return refusing(name, {
    whether: `${args.region} is the tenancy's home region`,
    look: () => {
      problem ??= judged(args);
      return problem;
    },
  });
}

/** What is to be refused; the rest is a warning. */
async function judged({ region, allowPaid, ...args }: HomeArgs): Promise<string | undefined> {
  const home = await args.home();
  if (home === region) return undefined;
  if (home === undefined) {
    if (!allowPaid) pulumi.log.warn(untold(region));
    return undefined;
  }
  const where = `snikket:host.region is ${region}, and Oracle's machines and volumes are free only in the tenancy's home region, ${home}`;
  if (!allowPaid) return `${where}; set that, or allowPaid: true if it may cost money`;
  pulumi.log.warn(`${where}: here all of it is paid for.`);
  return undefined;
}

const untold = (region: string): string =>
  `Whether ${region} is the tenancy's home region could not be looked at: these credentials may not read it. Only there machines and volumes are free; Oracle's console shows it in the profile menu, Tenancy.`;

async function ask(tenancyId: string, opts: pulumi.InvokeOptions): Promise<string | undefined> {
  try {
    const { regionSubscriptions } = await getRegionSubscriptions({ tenancyId }, opts);
    return regionSubscriptions.find(({ isHomeRegion }) => isHomeRegion)?.regionName;
  } catch {
    return undefined;
  }
}
