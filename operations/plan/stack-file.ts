import { type Document, isMap, isPair, parseDocument, visit } from "yaml";
import { secretProblems } from "../../infra/config.secrets";
import { Refusal } from "./refusal";

const privateKey = "snikket:sshPrivateKey";

/**
 * A copy of a stack file that anybody can plan with: what is encrypted in it, and the private key that is not in an
 * example, are placeholders.
 * @param salt of the temporary stack, in place of the file's own
 * @throws Refusal where it is no stack file
 */
export function planStackFile(text: string, salt: string): string {
  const document = parseDocument(text);
  const [mistake] = document.errors;
  if (mistake) throw new Refusal(`is not YAML: ${mistake.message.trim()}`);
  if (!isMap(document.get("config"))) throw new Refusal("is not a stack file: it has no config");
  replaceSecrets(document);
  const host = (document.toJS() as { config: Record<string, unknown> }).config["snikket:host"];
  if (
    !document.hasIn(["config", privateKey]) &&
    secretProblems({ sshPrivateKey: undefined }, host).length
  )
    document.setIn(["config", privateKey], throwawayKey());
  for (const key of ["secretsprovider", "encryptedkey"]) document.delete(key);
  document.set("encryptionsalt", salt);
  return document.toString({ lineWidth: 0 });
}

function replaceSecrets(document: Document): void {
  visit(document, {
    Map(_, node, path) {
      if (!node.has("secure")) return undefined;
      const parent = path.at(-1);
      const key = isPair(parent) ? String(parent.key) : "";
      return document.createNode(key === privateKey ? throwawayKey() : "placeholder");
    },
  });
}

/** Nobody keeps it. What makes it is loaded where one is needed. */
function throwawayKey(): string {
  const { utils } = require("ssh2") as typeof import("ssh2");
  return utils.generateKeyPairSync("ed25519").private;
}
