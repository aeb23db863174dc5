/** Some numbers as bars, small enough for a line of text. */
export function Sparkline({
  values,
  label,
}: {
  readonly values: readonly number[];
  /** What they say, for who does not see them. */
  readonly label: string;
}) {
  const most = Math.max(1, ...values);
  return (
    <svg
      class="sparkline"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${Math.max(1, values.length) * 8} 20`}
      width={Math.max(1, values.length) * 8}
      height="20"
    >
      <path d={values.map((value, at) => barOf(value / most, at * 8)).join('')} />
    </svg>
  );
}

// --- internal ---

/** One path for all bars: a page may have a hundred of these, and draws them again whenever something happens. */
function barOf(share: number, x: number): string {
  const height = share === 0 ? 1 : 3 + share * 17;
  return `M${x} 20v${-height}h6v${height}z`;
}
