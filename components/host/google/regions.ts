/** Regions with the zones a, b and c, in 2026. Source, as for the others: cloud.google.com/compute/docs/regions-zones. */
const usual =
  "africa-south1 asia-east1 asia-east2 asia-northeast1 asia-northeast2 asia-northeast3 asia-south1 asia-south2 asia-southeast1 asia-southeast2 asia-southeast3 australia-southeast1 australia-southeast2 europe-central2 europe-north1 europe-north2 europe-southwest1 europe-west2 europe-west3 europe-west4 europe-west6 europe-west8 europe-west9 europe-west10 europe-west12 me-central1 me-central2 me-west1 northamerica-northeast1 northamerica-northeast2 northamerica-south1 southamerica-east1 southamerica-west1 us-east4 us-east5 us-south1 us-west1 us-west2 us-west3 us-west4".split(
    " ",
  );
const letters: Record<string, string> = {
  ...Object.fromEntries(usual.map((region) => [region, "abc"])),
  ...{ "europe-west1": "bcd", "us-central1": "abcf", "us-east1": "bcd" },
};

/** The region that a zone is in. */
export const regionOf = (zone: string): string => zone.slice(0, zone.lastIndexOf("-"));

/** The zones of a region; none where it is not known here. */
export const zonesOf = (region: string): string[] =>
  [...(letters[region] ?? "")].map((letter) => `${region}-${letter}`);

export const zones: string[] = Object.keys(letters).flatMap(zonesOf);
