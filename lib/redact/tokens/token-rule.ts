import type { AnchoredRule } from '../rule.ts';
import { matchAt } from '../sticky.ts';
import { isIdentifierLike, isRandom } from '../value/word-shape.ts';
import { MOST_BEFORE } from './token-form.ts';
import type { TokenForm } from './token-form.ts';

/** The rule that finds the tokens of this form. */
export function tokenRule({ kind, prefixes, rest, before }: TokenForm): AnchoredRule {
  const triggers = prefixes.split(' ');
  const fixed = triggers.map((prefix) => prefix.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|');
  const pattern = new RegExp(`(?:${fixed})(${rest})`, 'y');
  // Base64 holds short fixed parts of letters by chance.
  const isDistinct = triggers.every((one) => DISTINCT.test(one));
  const head = before === undefined ? undefined : new RegExp(`(?<![A-Za-z0-9])(?:${before})$`);
  return {
    scope: 'place',
    kind,
    triggers,
    find(text, at, found, budget) {
      const isGlued =
        before === undefined &&
        at > 0 &&
        isAlphanumeric(text.charCodeAt(at - 1)) &&
        !QUOTED_PRINTABLE.test(text.slice(Math.max(0, at - 3), at));
      if (isGlued && !isDistinct) return at + 1;
      const tail = matchAt(pattern, text, at);
      if (tail === null) return at + 1;
      const start = head === undefined ? at : startOf(head, text, at);
      if (start === undefined) return at + 1;
      const end = at + tail[0].length;
      const random = text.slice(start, at) + (tail[1] ?? '');
      // What a name or an escape left before it must not make a token of what is none.
      if (isGlued) budget.spend(STEPS_PER_GLUED + tail[0].length);
      if (isGlued && (random.length < 16 || !isRandom(random.slice(0, MOST_JUDGED)))) return at + 1;
      if (DIGEST.test(text.slice(Math.max(0, start - 7), start))) return end;
      if (NAME.test(random) || PLACEHOLDER.test(random)) return end;
      if (/^[A-Za-z]*[a-z][A-Za-z]*$/.test(random) && isIdentifierLike(random)) return end;
      found.push({ start, end, kind });
      return end;
    },
  };
}

// --- internal ---

/** A name that only begins like a token: `in_small_letters`, `IN_CAPITALS` or `inCamelCase`. */
const NAME =
  /^(?:[^A-Z0-9]*|[A-Z]{1,64}(?:[_-][A-Z]{1,64}){1,16}|[A-Za-z][a-z]{0,24}(?:[A-Z][a-z]{1,24}){1,16})$/;
/** What stands before a digest, which may begin like anything. */
const DIGEST = /sha(?:1|224|256|384|512)[=:-]$/i;
const PLACEHOLDER = /x{6,}|EXAMPLE$/i;

function isAlphanumeric(unit: number): boolean {
  const letter = unit | 32;
  return (letter >= 97 && letter <= 122) || (unit >= 48 && unit <= 57);
}

/** A sign of mail that was encoded: `=3D`. */
const QUOTED_PRINTABLE = /^=[\dA-F]{2}$/;
/** A fixed part that stands nowhere by chance. */
const DISTINCT = /^.{2,}[_.-]|^(?=.*[a-z])(?=.*[A-Z]).{4}/;
/** So many characters tell whether it is. */
const MOST_JUDGED = 128;
/** What it costs to tell whether what follows letters is random. */
const STEPS_PER_GLUED = 5_000;

/** Where the part before the fixed part begins. One more character than it may have tells its border. */
function startOf(head: RegExp, text: string, at: number): number | undefined {
  const match = head.exec(text.slice(Math.max(0, at - MOST_BEFORE - 1), at));
  return match === null ? undefined : at - match[0].length;
}
