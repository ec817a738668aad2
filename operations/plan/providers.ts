import type { StateResource } from "./state";

/** Version of a provider's package that is here, by the package's name. */
export type Installed = (provider: string) => string | undefined;

/**
 * Lets a state use the providers that are here: one of another version could not be had, and a plan would fail for it.
 * @returns a copy, and a sentence about each version that was another
 */
export function withInstalledProviders(
  resources: StateResource[],
  installed: Installed,
): { resources: StateResource[]; notes: string[] } {
  const kept = new Map<string, string>();
  const references = new Map<string, string>();
  const notes: string[] = [];
  const usable = resources.flatMap((resource) => {
    const { type, urn, id, inputs } = resource;
    const [, name] = /^pulumi:providers:(.+)$/.exec(type) ?? [];
    const version = name && installed(name);
    if (!version || !inputs?.version) return [resource];
    if (inputs.version !== version)
      notes.push(`The state was made with ${name} ${inputs.version}; the plan is for ${version}.`);
    const here = ofVersion(resource, version);
    const first = kept.get(here.urn);
    references.set(`${urn}::${id}`, `${here.urn}::${first ?? id}`);
    if (first) return [];
    kept.set(here.urn, String(id));
    return [here];
  });
  return { resources: usable.map((resource) => relinked(resource, references)), notes };
}

/** The engine names its own provider after the version, as default_4_20_0. */
const ofVersion = (resource: StateResource, version: string): StateResource => ({
  ...resource,
  urn: resource.urn.replace(/::default_[0-9_]+$/, `::default_${version.replaceAll(".", "_")}`),
  inputs: { ...resource.inputs, version },
  outputs: { ...resource.outputs, version },
});

function relinked(resource: StateResource, references: Map<string, string>): StateResource {
  const provider = resource.provider && references.get(resource.provider);
  return provider ? { ...resource, provider } : resource;
}
