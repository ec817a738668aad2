import { z } from "zod";

const Manual = z.strictObject({ provider: z.literal("manual") });

const Cloudflare = z.strictObject({
  provider: z.literal("cloudflare"),
  zone: z
    .string()
    .regex(
      /^([0-9a-f]{32}|([a-z0-9-]+\.)+[a-z0-9-]+)$/,
      "is neither the id of a zone (32 hexadecimal digits, on the domain's overview page at Cloudflare) nor its name, as example.org",
    )
    .describe("Id of the zone at Cloudflare, or its name, as example.org"),
});

/** Who keeps the DNS records: a person, or a service that is asked to. */
export const Dns = z.discriminatedUnion("provider", [Manual, Cloudflare]);
