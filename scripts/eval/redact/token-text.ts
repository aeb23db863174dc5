import { InvariantError } from '../../../lib/base/errors.ts';
import type { TokenForm } from '../../../lib/redact/tokens/token-form.ts';
import type { Dice } from './dice.ts';
import { textOfPattern } from './pattern-text.ts';

/** A made-up token of a form, with one of its fixed parts. */
export function tokenText(form: TokenForm, prefix: string, dice: Dice): string {
  const { kind, rest, before = '' } = form;
  const whole = new RegExp(`^(?:${rest})$`);
  const head = new RegExp(`^(?:${before})$`);
  // What only looks ahead is not generated, so that a text may miss it.
  for (let tries = 0; tries < 1000; tries += 1) {
    const first = textOfPattern(before, dice);
    const last = textOfPattern(rest, dice);
    if (whole.test(last) && head.test(first)) return first + prefix + last;
  }
  throw new InvariantError(`no text matches the form of ${kind}`);
}
