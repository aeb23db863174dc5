import { linkWith } from '../link.ts';

/** Leads to more rows of the same list, up to a thousand. */
export function MoreLink({
  url,
  shown,
  children = 'Show more',
}: {
  readonly url: URL;
  /** How many rows are shown now. */
  readonly shown: number;
  readonly children?: string;
}) {
  if (shown >= MOST) {
    return (
      <p class="more dim">
        The first {MOST.toLocaleString('en-US')} are shown. Narrow it down to see others.
      </p>
    );
  }
  return (
    <p class="more">
      <a class="button" href={linkWith(url, { most: `${Math.min(MOST, shown * 4)}` })}>
        {children}
      </a>
    </p>
  );
}

// --- internal ---

/** The server reads no more. */
const MOST = 1_000;
