/** Why Oracle does not answer, and what to do. */
export function explain(
  said: string,
  { compartmentId, region }: { compartmentId: string; region: string },
): string {
  const words = said.replace(/\.$/, "");
  const [code = ""] = /^\d{3}(?=-)/.exec(said) ?? [];
  if (code === "401")
    return `Oracle does not accept who asks: ${words}. Is the API key of ~/.oci/config (or of oci:privateKey) still in the console under your profile, "API keys", is ${region} a region of that account, and is this computer's clock right?`;
  if (code === "404")
    return `Oracle shows no compartment ${compartmentId} in ${region}: ${words}. Set snikket:host.compartmentId to what the console shows under Identity, Compartments, and see that the API key's user may manage it.`;
  if (code === "429" || code.startsWith("5"))
    return `Oracle has no answer for now: ${words}. What was made so far stays: run this again in some minutes. Troubles of Oracle's own stand at ocistatus.oraclecloud.com.`;
  if (said.includes("no such host"))
    return `Oracle is not found in ${region}: ${words}. Set snikket:host.region to what stands at the top of Oracle's console; if it is that, see that this computer has a network and finds names in it.`;
  return `Oracle does not answer: ${words}.`;
}
