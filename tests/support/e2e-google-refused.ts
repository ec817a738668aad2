import { inHome } from "../../sandbox/settings";
import { answering, type Failure, inConsoles, letFail } from "./e2e-cloud";
import { expectPlainWords, hostWith } from "./e2e-families";
import { newcomer } from "./e2e-newcomer";

/** What Google answers, and what is said of it. */
interface Refusal {
  name: string;
  fails: Failure;
  changes?: () => Record<string, unknown>;
  says: string;
  remedy: string;
}

const zones = "gcp:compute/getZones";
const answered = (error: string, question = zones): Failure => ({
  when: `read ${question}`,
  error: `googleapi: ${error}`,
  times: 99,
});

export const refusals: Refusal[] = [
  {
    name: "who asks is not accepted",
    fails: answered(
      "Error 401: Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.\nMore details:\nReason: authError, Message: Invalid Credentials",
      "gcp:",
    ),
    says: "Google does not accept who asks: googleapi: Error 401: Request",
    remedy: "gcloud auth application-default login",
  },
  {
    name: "there is no such project",
    fails: answered("Error 404: The resource 'projects/family-sandbox' was not found, notFound"),
    says: "Google knows no such project: googleapi: Error 404: The resource",
    remedy: "Set snikket:host.project to the ID of yours",
  },
  {
    name: "the project is somebody else's",
    fails: answered(
      "Error 403: Required 'compute.zones.list' permission for 'projects/x', forbidden",
    ),
    says: "Google does not allow it: googleapi: Error 403: Required",
    remedy: "have the role Compute Admin in it?",
  },
  {
    name: "the project makes no machines yet",
    fails: answered(
      "Error 403: Compute Engine API has not been used in project 4711 before or it is disabled.",
    ),
    says: "Google makes no machines in this project yet: googleapi: Error 403: Compute Engine API",
    remedy: "gcloud services enable compute.googleapis.com",
  },
  {
    name: "nobody pays for the project",
    fails: answered("Error 403: This API method requires billing to be enabled."),
    says: "Google knows no billing account of this project: googleapi: Error 403: This API method",
    remedy: "gcloud billing projects link",
  },
  {
    name: "there is no such zone",
    fails: answering(zones, { names: ["us-east1-c", "us-east1-d"] }),
    says: "error: snikket:host.zone is us-east1-b, which Google does not have for this project.",
    remedy: "Near it: us-east1-c, us-east1-d; gcloud compute zones list",
  },
  {
    name: "there is no such machine type",
    fails: answering("gcp:compute/getMachineTypes", {
      machineTypes: [{ name: "e2-micro" }, { name: "e2-small" }],
    }),
    changes: () => hostWith({ machineType: "e2-smal", allowPaid: true }),
    says: "snikket:host.machineType is e2-smal, which Google does not have in",
    remedy: "Near it: e2-small; gcloud compute machine-types list --zones",
  },
];

/** A preview tells a newcomer so, once, and nothing is made. */
export async function expectRefused({ fails, changes, says, remedy }: Refusal): Promise<void> {
  const before = inConsoles();
  const stranger = await newcomer("google");
  letFail(fails);
  const ended = await stranger.pulumi(["preview"], changes?.());
  letFail();
  expect(ended.code).not.toBe(0);
  expectPlainWords(ended);
  expect(inConsoles()).toEqual(before);
  // Before that the engine shows each line as it comes.
  const [, told = ""] = ended.output.split("Diagnostics:");
  expect(told.split(says)).toHaveLength(2);
  expect(told).toContain(remedy);
}

/** A newcomer whom Google's tools on this computer know nothing of. */
export async function expectToldOfCredentials(): Promise<void> {
  const before = inConsoles();
  const stranger = await newcomer("google");
  const nobody = { HOME: inHome("e2e", "nobody"), GOOGLE_OAUTH_ACCESS_TOKEN: undefined };
  const ended = await stranger.run("npx pulumi preview", "", nobody);
  expect(ended.code).not.toBe(0);
  expectPlainWords(ended);
  expect(inConsoles()).toEqual(before);
  expect(ended.output).toContain(
    "no credentials for Google Cloud: run gcloud auth application-default login, or set gcp:credentials",
  );
}
