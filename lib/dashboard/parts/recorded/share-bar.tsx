/** A part of some lines. */
export interface SharePart {
  /** `reworked`: Claude's, in the place of earlier lines of Claude's. */
  readonly is: 'claude' | 'reworked' | 'others' | 'gone' | 'unknown';
  readonly lines: number;
}

/** Parts of a whole as a bar. What it shows stands beside it in words. */
export function ShareBar({
  parts,
  of,
  isSmall = false,
}: {
  readonly parts: readonly SharePart[];
  /** The whole. */
  readonly of: number;
  /** In a row of a table. */
  readonly isSmall?: boolean;
}) {
  const whole = Math.max(of, 1);
  let at = 0;
  return (
    <svg
      class={isSmall ? 'share is-small from-560' : 'share'}
      viewBox="0 0 100 4"
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      <rect class="share-rest" width="100" height="4" />
      {parts.map(({ is, lines }) => {
        const from = at;
        at = Math.min(100, at + (100 * lines) / whole);
        return <rect class={`share-${is}`} x={from} width={at - from} height="4" key={is} />;
      })}
    </svg>
  );
}

/** A share in words: never 0 % or 100 % where it is not. */
export function shareOf(part: number, whole: number): string {
  if (whole === 0) return '–';
  const percent = (100 * Math.min(part, whole)) / whole;
  if (percent > 0 && percent < 1) return '<1 %';
  if (percent > 99 && percent < 100) return '>99 %';
  return `${Math.round(percent)} %`;
}
