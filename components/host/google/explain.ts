/** Why Google does not do what it was asked, and what to do. */
export function explain(said: string): string {
  const words = said.replace(/\.$/, "");
  if (/Error 401|oauth2|default credentials|invalid_grant/.test(said))
    return `Google does not accept who asks: ${words}. Log in again with: gcloud auth application-default login; or renew gcp:credentials (npx pulumi config set --secret), or the variable GOOGLE_CREDENTIALS.`;
  if (/Error (429|5\d\d)|rateLimitExceeded/.test(said))
    return `Google has no answer for now: ${words}. What was made so far stays: run this again in some minutes. Troubles of Google's own stand at status.cloud.google.com.`;
  if (/has not been used|SERVICE_DISABLED|accessNotConfigured/.test(said))
    return `Google makes no machines in this project yet: ${words}. Run: gcloud services enable compute.googleapis.com; and this again some minutes later.`;
  if (/billing/i.test(said))
    return `Google knows no billing account of this project: ${words}. Link one to it (console: Billing, or gcloud billing projects link); what is free stays free.`;
  if (/The resource 'projects\/[\w-]+' was not found|Invalid resource field value/.test(said))
    return `Google knows no such project: ${words}. Set snikket:host.project to the ID of yours (gcloud projects list).`;
  if (/Error 403/.test(said))
    return `Google does not allow it: ${words}. Is snikket:host.project the ID of your project (gcloud projects list), and does who asks have the role Compute Admin in it?`;
  return `Google does not answer: ${words}.`;
}
