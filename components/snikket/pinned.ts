import * as pulumi from "@pulumi/pulumi";

/** The reference itself, if it names one version for good. @throws pulumi.RunError where a registry could give another image tomorrow */
export function pinned(image: string): string {
  if (/:[^:/@]*\d{6}[^:/@]*$|@sha256:[0-9a-f]{64}$/.test(image)) return image;
  throw new pulumi.RunError(
    `${image} is not pinned: a release names each image by version or digest`,
  );
}
