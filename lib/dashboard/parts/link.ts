/** The same page with other filters: null takes one away. */
export function linkWith(url: URL, changes: Readonly<Record<string, string | null>>): string {
  const next = new URL(url);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) next.searchParams.delete(name);
    else next.searchParams.set(name, value);
  }
  return `${next.pathname}${next.search}`;
}

/** A path as it is read: below the root of its project where it lies there. */
export function shortPath(path: string, root: string | null): string {
  return root !== null && path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}
