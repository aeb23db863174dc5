/** However many are asked for, more rows are not read for one page. */
const MOST_ROWS = 1_000;

/** How many rows a URL asks for by `most`. */
export function mostOf(query: URLSearchParams, usual: number): number {
  const most = Number(query.get('most') ?? usual);
  return Number.isInteger(most) && most > 0 ? Math.min(most, MOST_ROWS) : usual;
}
