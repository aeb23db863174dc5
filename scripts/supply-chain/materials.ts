/** What is read of dist/sbom.cdx.json. */
export interface Materials {
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly licenses: readonly { readonly license: { readonly id: string } }[];
  }[];
}

/** A line for each licence, with the packages that are under it. */
export function licenceList({ components }: Materials): string[] {
  const packages = new Map<string, string[]>();
  for (const { name, version, licenses } of components) {
    const licence = licenses.map(({ license }) => license.id).join(', ');
    packages.set(licence, [...(packages.get(licence) ?? []), `${name} ${version}`]);
  }
  return [...packages]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([licence, names]) => `${licence} (${names.length}): ${names.join(', ')}`);
}

/** The names of the packages that reach users. */
export function shippedNames({ components }: Materials): ReadonlySet<string> {
  return new Set(components.map(({ name }) => name));
}
