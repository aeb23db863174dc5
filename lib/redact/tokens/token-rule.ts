import type { AnchoredRule } from '../rule.ts';
import { matchAt } from '../sticky.ts';
import { MOST_BEFORE } from './token-form.ts';
import type { TokenForm } from './token-form.ts';

/** The rule that finds the tokens of this form. */
export function tokenRule({ kind, prefixes, rest, before }: TokenForm): AnchoredRule {
  const triggers = prefixes.split(' ');
  const fixed = triggers.map((prefix) => prefix.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|');
  const pattern = new RegExp(
    `${before === undefined ? '(?<![A-Za-z0-9])' : ''}(?:${fixed})(${rest})`,
    'y',
  );
  const head = before === undefined ? undefined : new RegExp(`(?<![A-Za-z0-9])(?:${before})$`);
  return {
    scope: 'place',
    kind,
    triggers,
    find(text, at, found) {
      const tail = matchAt(pattern, text, at);
      if (tail === null) return at + 1;
      const start = head === undefined ? at : startOf(head, text, at);
      if (start === undefined) return at + 1;
      const end = at + tail[0].length;
      const random = text.slice(start, at) + (tail[1] ?? '');
      if (NAME.test(random) || PLACEHOLDER.test(random)) return end;
      found.push({ start, end, kind });
      return end;
    },
  };
}

// --- internal ---

/** A name that only begins like a token: `in_small_letters`, `IN_CAPITALS` or `inCamelCase`. */
const NAME =
  /^(?:[^A-Z0-9]*|[A-Z]{1,64}(?:[_-][A-Z]{1,64}){1,16}|[A-Za-z][a-z]{0,24}(?:[A-Z][a-z]{1,24}){1,16})$/;
const PLACEHOLDER = /x{6,}|EXAMPLE$/i;

/** Where the part before the fixed part begins. One more character than it may have tells its border. */
function startOf(head: RegExp, text: string, at: number): number | undefined {
  const match = head.exec(text.slice(Math.max(0, at - MOST_BEFORE - 1), at));
  return match === null ? undefined : at - match[0].length;
}
