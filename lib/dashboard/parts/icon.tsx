import type { IconName } from '../pages/page.ts';

/** A picture beside a word, drawn with the colour of the text. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 20 20"
      width="18"
      height="18"
      aria-hidden="true"
      focusable="false"
    >
      <path d={SHAPES[name]} />
    </svg>
  );
}

// --- internal ---

const SHAPES: Readonly<Record<IconName, string>> = {
  now: 'M2.5 10.5h3l2.5-6 4 11 2.5-5h3',
  sessions: 'M3 4.5h14M3 10h9M3 15.5h11',
  files: 'M5 2.5h6.5L15.5 6.5v11H5zM11 2.5v4.5h4.5',
  patterns: 'M7 5.5 2.5 10 7 14.5M13 5.5 17.5 10 13 14.5',
  insight: 'M3 17V9.5M8 17V4.5M13 17v-5M18 17V7',
  health: 'M10 16.5S3 12.5 3 7.8A3.6 3.6 0 0 1 10 6.500a3.6 3.6 0 0 1 7 1.300c0 4.7-7 8.7-7 8.700z',
  privacy: 'M10 2.5 16.5 5v4.500c0 4-2.7 6.7-6.5 8-3.8-1.3-6.5-4-6.5-8V5z',
  search: 'M8.5 3a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM12.6 12.6 17 17',
  theme: 'M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14',
  density: 'M3 4h14M3 8h14M3 12h14M3 16h14',
  keys: 'M2.5 5.500h15v9h-15zM5.5 8.500h1M9.5 8.500h1M13.5 8.500h1M6.5 11.500h7',
  bell: 'M5 14V9a5 5 0 0 1 10 0v5l1.5 1.500h-13zM8.5 17.500h3',
  close: 'M5 5l10 10M15 5 5 15',
};
