import { counted } from '../../base/amount-text.ts';

/** A number, as a link to the rows that it counts. */
export function Count({
  of,
  noun,
  href,
}: {
  readonly of: number;
  /** With it: `12 calls`. @default the number alone */
  readonly noun?: string;
  readonly href?: string | undefined;
}) {
  const text = noun === undefined ? of.toLocaleString('en-US') : counted(of, noun);
  return href === undefined || of === 0 ? (
    <span class="num">{text}</span>
  ) : (
    <a class="num" href={href}>
      {text}
    </a>
  );
}

/** Lines that were added and removed; nothing where neither is known, and one 0 for none. */
export function Lines({
  added,
  removed,
}: {
  readonly added: number | null;
  readonly removed: number | null;
}) {
  if (added === null && removed === null) return null;
  if ((added ?? 0) === 0 && (removed ?? 0) === 0) return <span class="num dim">0</span>;
  return (
    <span class="num lines">
      <span class="added">+{(added ?? 0).toLocaleString('en-US')}</span>{' '}
      <span class="removed">−{(removed ?? 0).toLocaleString('en-US')}</span>
    </span>
  );
}

/** A large number for people: `950`, `41 k`, `1.2 M`. */
export function roundText(of: number): string {
  if (of < 1_000) return `${of}`;
  if (of < 1_000_000) return `${of < 10_000 ? (of / 1_000).toFixed(1) : Math.round(of / 1_000)} k`;
  return `${(of / 1_000_000).toFixed(1)} M`;
}
