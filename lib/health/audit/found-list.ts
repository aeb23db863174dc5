/** Most things that one finding names. */
const MOST = 8;

/** What was found, in one line; what is left out is counted. */
export function foundList(found: readonly string[]): string {
  const more = found.length - MOST;
  return [...found.slice(0, MOST), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
