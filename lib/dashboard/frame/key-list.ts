import { PAGES } from '../pages/page-list.ts';

/** Keys and what they do, as the overlay shows them. */
export const KEYS: readonly { readonly keys: string; readonly does: string }[] = [
  { keys: '/', does: 'Search; Ctrl K, too' },
  ...PAGES.flatMap(({ rail, title }) =>
    rail ? [{ keys: `g ${rail.key}`, does: `Go to ${title}` }] : [],
  ),
  { keys: 'j k', does: 'Next and previous row' },
  { keys: 'Enter', does: 'Open the row' },
  { keys: 'Esc', does: 'Close what is open' },
  { keys: 'f', does: 'Choose project and time' },
  { keys: 't', does: 'Dark or light' },
  { keys: 'd', does: 'Comfortable or compact rows' },
  { keys: '?', does: 'These keys' },
];
