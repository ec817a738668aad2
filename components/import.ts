/** What takes over a resource that is there already, as Pulumi names it. Source: pulumi import --help. */
export function importCommand(
  { type, name, id }: { type: string; name: string; id: string },
  { parent, provider }: { parent?: string; provider?: string } = {},
): string {
  const belonging = [
    ...(parent ? [`--parent 'parent=${parent}'`] : []),
    ...(provider ? [`--provider 'provider=${provider}'`] : []),
  ];
  return ["npx pulumi import --generate-code=false", ...belonging, type, name, id].join(" ");
}
