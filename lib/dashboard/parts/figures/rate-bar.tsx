/** A part of a whole, from 0 to 1, as a bar beside the number that says it. */
export function RateBar({
  share,
  is,
}: {
  readonly share: number;
  readonly is: 'ok' | 'warn' | 'fail' | 'accent' | 'claude';
}) {
  const width = Math.max(share > 0 ? 1 : 0, Math.min(1, share) * WIDTH);
  return (
    <svg class="rate-bar" width={WIDTH} height="6" aria-hidden="true" focusable="false">
      <rect width={WIDTH} height="6" rx="3" fill="var(--grey-3)" />
      <rect width={width} height="6" rx="3" fill={`var(--${is}-border)`} />
    </svg>
  );
}

// --- internal ---

const WIDTH = 64;
