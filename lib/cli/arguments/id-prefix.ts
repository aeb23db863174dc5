import { TrackerError } from '../../base/errors.ts';
import { plainLine } from '../output/plain-text.ts';

/** How many ids an error names when a prefix is ambiguous; one more tells that there are others. */
export const MAX_CANDIDATES = 10;

/**
 * The one candidate that a prefix means: the only one, or the one whose whole id it is; undefined when
 * there is none.
 *
 * @param noun what the ids are of: `pattern`, `session`, `token`
 * @param candidates those whose ids begin with `prefix`, one of that very id among them
 * @param about tells people what a candidate is
 * @throws TrackerError E_AMBIGUOUS_… that names the candidates
 */
export function candidateOf<T extends { readonly id: string }>(
  noun: string,
  prefix: string,
  candidates: readonly T[],
  about: (candidate: T) => readonly string[],
): T | undefined {
  const exact = candidates.find(({ id }) => id === prefix);
  if (exact || candidates.length <= 1) return exact ?? candidates[0];
  const listed = candidates
    .slice(0, MAX_CANDIDATES)
    .map((candidate) => plainLine([candidate.id, ...about(candidate)].join('  ')));
  const more = candidates.length > MAX_CANDIDATES ? ['… and more'] : [];
  throw new TrackerError(
    `E_AMBIGUOUS_${noun.toUpperCase()}`,
    `more than one ${noun} begins with "${prefix}"`,
    { hint: ['Give more characters of one of them:', ...listed, ...more].join('\n  ') },
  );
}
