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
      {values.map((value, at) => {
        const height = value === 0 ? 1 : 3 + (value / most) * 17;
        return <rect key={at} x={at * 8} y={20 - height} width="6" height={height} rx="1" />;
      })}
    </svg>
  );
}
