import { inOurWords, saidIn } from "../../../components/answer";
import { explain as google } from "../../../components/host/google/explain";
import { explain as oracle } from "../../../components/host/oracle/explain";

const place = { compartmentId: "ocid1.compartment.oc1..family", region: "eu-frankfurt-1" };

describe("what a cloud said", () => {
  it.each([
    ["alone", "403 Forbidden\n", "403 Forbidden"],
    [
      "behind the engine's words",
      "invocation of oci:Core/getImages:getImages returned an error: 404-NotAuthorizedOrNotFound, not found.\nSuggestion: retry",
      "404-NotAuthorizedOrNotFound, not found.",
    ],
    [
      "behind the engine's and a plugin's",
      "invocation of a:b:c returned an error: invoking a:b:c: 1 error occurred:\n\t* 401-NotAuthenticated, it was incorrect.\nSuggestion: retry\n\n",
      "401-NotAuthenticated, it was incorrect.",
    ],
  ])("is found %s", (_, message, said) => {
    expect(saidIn(new Error(message))).toBe(said);
  });

  it("is shown without a stack", () => {
    expect(inOurWords("it does not answer").stack).toBe("");
  });
});

describe("why a cloud does not answer", () => {
  it.each([
    [
      "401-NotAuthenticated, it was incorrect.",
      /^Oracle does not accept who asks: 401-.*incorrect\. Is the API key .* eu-frankfurt-1 /,
    ],
    [
      "404-NotAuthorizedOrNotFound, not found.",
      /^Oracle shows no compartment ocid1\.compartment\.oc1\.\.family in eu-frankfurt-1: 404-/,
    ],
    ["429-TooManyRequests, too many", /^Oracle has no answer for now: 429-.*run this again/],
    ["503-ServiceUnavailable, down", /^Oracle has no answer for now: 503-/],
    [
      "dial tcp: lookup iaas.eu-frankfurt-1.oraclecloud.com: no such host",
      /^Oracle is not found in eu-frankfurt-1: dial tcp: .*no such host\. Set snikket:host\.region to .* network/,
    ],
    ["400-InvalidParameter, wrong", /^Oracle does not answer: 400-InvalidParameter, wrong\.$/],
  ])("is told of Oracle: %s", (said, text) => {
    expect(oracle(said, place)).toMatch(text);
  });

  it.each([
    [
      "googleapi: Error 401: Request had invalid authentication credentials.",
      /^Google does not accept who asks: .*gcloud auth/,
    ],
    [
      'oauth2: "invalid_grant" "Token has been expired or revoked."',
      /^Google does not accept who asks: /,
    ],
    ["googleapi: Error 503: unavailable", /^Google has no answer for now: .*run this again/],
    [
      "googleapi: Error 403: Rate Limit Exceeded, rateLimitExceeded",
      /^Google has no answer for now: /,
    ],
    [
      "googleapi: Error 403: Compute Engine API has not been used in project 4711 before or it is disabled.",
      /^Google makes no machines in this project yet: .*disabled\. Run: gcloud services enable compute\.googleapis\.com;/,
    ],
    [
      "googleapi: Error 403: This API method requires billing to be enabled.",
      /^Google knows no billing account of this project: .*enabled\. Link one to it \(console: Billing, /,
    ],
    [
      "googleapi: Error 404: The resource 'projects/famly-chat' was not found, notFound",
      /^Google knows no such project: .*, notFound\. Set snikket:host\.project to the ID of yours/,
    ],
    [
      "googleapi: Error 400: Invalid resource field value in the request.",
      /^Google knows no such project: .* request\. Set snikket:host\.project /,
    ],
    [
      "googleapi: Error 404: The resource 'projects/ubuntu-os-cloud/global/images/family/ubuntu' was not found, notFound",
      /^Google does not answer: .*images\/family\/ubuntu' was not found, notFound\.$/,
    ],
    [
      "googleapi: Error 403: Required 'compute.zones.list' permission for 'projects/famly-chat', forbidden",
      /^Google does not allow it: .* Compute Admin/,
    ],
    [
      "googleapi: Error 403: Permission denied on resource project famly-chat., forbidden",
      /^Google does not allow it: .*, forbidden\. Is snikket:host\.project the ID .* Compute Admin/,
    ],
    ["dial tcp: connection refused", /^Google does not answer: dial tcp: connection refused\.$/],
  ])("is told of Google: %s", (said, text) => {
    expect(google(said)).toMatch(text);
  });
});
