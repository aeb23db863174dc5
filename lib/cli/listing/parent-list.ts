import { shareText } from '../../base/amount-text.ts';
import type { PatternAuthorship } from '../../store/queries/authorship/pattern-parents.ts';
import type { CliEnvironment } from '../environment.ts';
import { painter } from './table.ts';
import { plainLine } from '../output/plain-text.ts';

/** The parents of a pattern with their shares, under a title; no lines where no share is known. */
export function parentList(
  { color }: Pick<CliEnvironment, 'color'>,
  { parents }: PatternAuthorship,
): string[] {
  const known = parents.reduce((sum, { share }) => sum + (share ?? 0), 0);
  if (known === 0) return [];
  const paint = painter(color);
  const lines = parents.map(({ id, name, generation, share }) => {
    const of = id === null ? 'past retention' : paint('yellow', id);
    const facts = id === null ? [] : [plainLine(name ?? 'not stored'), `gen ${generation ?? '?'}`];
    return [shareColumn(share), of, ...facts].join('  ');
  });
  const rest = 1 - known;
  const others = rest > ROUNDING ? [`${shareColumn(rest)}  not Claude`] : [];
  return [paint('bold', 'Parents'), ...lines, ...others, ''];
}

// --- internal ---

/** Shares are sums of fractions. */
const ROUNDING = 1e-6;

function shareColumn(share: number | null): string {
  return (share === null ? '' : shareText(share)).padStart('100 %'.length);
}
