import * as core from "@pulumi/oci/core";
import type * as pulumi from "@pulumi/pulumi";
import { answerTo, refusing } from "../../answer";
import { resolved } from "../../resolved";
import { explain } from "./explain";
import { otherShape } from "./place";

interface OracleImageArgs {
  compartmentId: string;
  /** For what is said. */
  region: string;
  /** The machine's; an image is for some. */
  shape: string;
  /** As `24.04`. */
  ubuntu: string;
}

interface OracleImage {
  /** Empty where there is none. */
  id: pulumi.Output<string>;
  /** Refuses a new machine for which there is none; one that is there needs none any more. */
  hook: pulumi.ResourceHook;
}

/** Canonical's newest image that runs on the shape. */
export function newestImage(
  name: string,
  args: OracleImageArgs,
  opts: pulumi.InvokeOptions,
): OracleImage {
  const images = core.getImages(question(args), opts);
  const id = answerTo(images, (said) => explain(said, args)).apply(
    ({ images: [newest] }) => newest?.id ?? "",
  );
  const hook = refusing(`${name}-image`, {
    whether: `Oracle has an image for the shape ${args.shape}`,
    look: async () => ((await resolved(id)) ? undefined : noImage(args)),
  });
  return { id, hook };
}

const question = ({ compartmentId, shape, ubuntu }: OracleImageArgs): core.GetImagesArgs => ({
  compartmentId,
  operatingSystem: "Canonical Ubuntu",
  operatingSystemVersion: ubuntu,
  shape,
  sortBy: "TIMECREATED",
  sortOrder: "DESC",
});

const noImage = ({ region, shape, ubuntu }: OracleImageArgs): string =>
  `Oracle has no image of Ubuntu ${ubuntu} for the shape ${shape} in ${region}. Set snikket:host.ubuntu to another release, or snikket:host.shape to ${otherShape(shape)}.`;
