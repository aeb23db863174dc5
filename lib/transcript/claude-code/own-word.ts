import { asString } from '../../base/json.ts';
import type { Json } from '../../base/json.ts';

/** A name or an id that Claude Code or the model's server gave, such as `rule:projectSettings`; null for what may be a text. */
export function ownWord(value: Json | undefined): string | null {
  const word = asString(value);
  return word !== undefined && /^[\w:.@/[\]-]{1,200}$/.test(word) ? word : null;
}
