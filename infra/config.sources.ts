import { z } from "zod";

/** An address in which nothing means anything to a shell or to apt. */
const webAddress = (scheme: string, message: string) =>
  z
    .string()
    .regex(new RegExp(`^${scheme}://[A-Za-z0-9.-]+(:\\d+)?(/[A-Za-z0-9._~%/-]*)?$`), message);

/** Who issues the certificate. */
export const Acme = z.discriminatedUnion("server", [
  z.strictObject({ server: z.literal("production") }),
  z.strictObject({ server: z.literal("staging") }),
  z.strictObject({
    server: z.literal("custom"),
    directory: webAddress("https", "is not an https:// address of an ACME directory").describe(
      "Address of the authority's ACME directory, as https://ca.example.org/acme/directory",
    ),
    rootCertificate: z
      .string()
      .regex(
        /^(-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----\s*)+$/,
        "is not a PEM certificate with nothing around it",
      )
      .describe("The authority's root certificate, in PEM"),
  }),
]);

/** Where Docker comes from. */
export const Docker = z.discriminatedUnion("source", [
  z.strictObject({
    source: z.literal("docker"),
    version: z
      .string()
      .regex(/^\d+\.\d+\.\d+$/, "is not a version, as 28.5.2")
      .optional(),
    repository: z
      .strictObject({
        url: webAddress(
          "https?",
          "is not an address, as https://download.docker.com/linux",
        ).describe("Address of the mirror, as https://download.docker.com/linux"),
        keyFingerprint: z
          .string()
          .regex(/^[0-9A-F]{40}$/, "is not a key fingerprint (40 hexadecimal digits)")
          .describe("Fingerprint of the key that signs it (40 hexadecimal digits)"),
      })
      .optional(),
  }),
  z.strictObject({ source: z.literal("distribution") }),
]);
