import * as pulumi from "@pulumi/pulumi";

/** The plain value of an output, for hooks; never there where the output is unknown. */
export const resolved = <T>(output: pulumi.Output<T>): Promise<pulumi.Unwrap<T>> =>
  new Promise((resolve) => pulumi.output(output).apply(resolve));
