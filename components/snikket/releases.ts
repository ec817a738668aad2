/** The four images of one Snikket release; upstream's images do not share tags. */
export interface Release {
  server: string;
  portal: string;
  proxy: string;
  certs: string;
}

/**
 * Snikket's releases, one row each; older ones for who has not moved on yet. Source: the newest tag of each upstream repository at the release's date.
 * A reference may carry a digest (`image:tag@sha256:…`) once it is known.
 */
export const releases = {
  "2025-12": {
    server: "snikket/snikket-server:stable.20251231",
    portal: "snikket/snikket-web-portal:stable.20251231",
    proxy: "snikket/snikket-web-proxy:stable.20240926",
    certs: "snikket/snikket-cert-manager:stable.20240926",
  },
  "2026-06": {
    server: "snikket/snikket-server:stable.20260611",
    portal: "snikket/snikket-web-portal:stable.20251231",
    proxy: "snikket/snikket-web-proxy:stable.20240926",
    certs: "snikket/snikket-cert-manager:stable.20240926",
  },
} satisfies Record<string, Release>;

export type ReleaseName = keyof typeof releases;

/** Settings that a release leaves aside without a word. Source: prosody.cfg.lua and snikket-turn-addresses of its tag. */
export const unknownTo: Partial<Record<ReleaseName, ("tlsProfile" | "turnInternalAddress")[]>> = {
  "2025-12": ["tlsProfile", "turnInternalAddress"],
};

/** Every known release, the newest last. */
export const releaseNames = Object.keys(releases) as [ReleaseName, ...ReleaseName[]];

/** Used where the stack names none. */
export const newestRelease = releaseNames.at(-1) as ReleaseName;
