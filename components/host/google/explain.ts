/** Why Google does not answer, and what to do. */
export function explain(said: string): string {
  const words = said.replace(/\.$/, "");
  if (/Error 401|oauth2|default credentials|invalid_grant/.test(said))
    return `Google does not accept who asks: ${words}. Log in again with: gcloud auth application-default login; or renew gcp:credentials (npx pulumi config set --secret), or the variable GOOGLE_CREDENTIALS.`;
  if (/Error (429|5\d\d)/.test(said))
    return `Google has no answer for now: ${words}. What was made so far stays: run this again in some minutes. Troubles of Google's own stand at status.cloud.google.com.`;
  return `Google does not answer: ${words}.`;
}
