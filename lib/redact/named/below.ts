import { endAt, matchAt } from '../sticky.ts';
import { ifSecretAnywhere, ifSecretText } from './name-shape.ts';
import type { SecretName } from './name-shape.ts';
import { isVendorKey, valueAfter } from './sibling.ts';
import { quotedAt, valueSpan } from './value-span.ts';
import type { ValueSpan } from './value-span.ts';

/**
 * A value within what a name opens: `variable "password" { default = "V" }`, a here-document that is written to a file of
 * the name, the tag of a field in Go.
 */
export function findBelow(text: string, name: SecretName): readonly ValueSpan[] | undefined {
  const { start, end } = name;
  const opening = endAt(OPENING, text, end);
  if (opening !== undefined && (text.charAt(opening) === '{' || isDeeper(text, start, opening))) {
    const isValue = name.nameClass === 'vendor' ? isVendorKey : undefined;
    const value = valueAfter(text, opening, MOST_MEMBERS, isValue);
    const found = value && ifSecretText(text, value, name);
    if (found && found.length > 0) return found;
  }
  const document = endAt(HERE_DOCUMENT, text, end);
  const line = document === undefined ? undefined : valueSpan(LINE, text, document);
  if (line !== undefined) return ifSecretText(text, line, name);
  const tag = matchAt(TAG, text, end);
  const byDefault = tag && quotedAt(text, end + tag[0].length);
  if (byDefault) return ifSecretText(text, byDefault, name);
  const comma = endAt(SECOND_OF_TWO, text, end);
  const cell = comma === undefined ? undefined : valueSpan(CELL, text, comma);
  const found = cell && ifSecretAnywhere(text, cell, name);
  return found && found.length > 0 ? found : undefined;
}

// --- internal ---

/** As many as a variable of Terraform or a parameter of CloudFormation has. */
const MOST_MEMBERS = 6;
const OPENING =
  /\\{0,15}["'`]?\]?[ \t]{0,8}(?:(?::|=>?)[ \t]{0,8})?(?=\{|\r?\n[ \t]{1,32}["'`]?[A-Za-z][\w-]{0,32}["'`]?[ \t]{0,16}[:=])/y;
const HERE_DOCUMENT =
  /["']?[ \t]{0,4}<<[-~]?[ \t]?\\?["']?\w{1,32}["']?[ \t]{0,8}\r?\n[ \t]{0,64}/y;
const LINE = /[^\s<>][^\r\n]{2,511}/y;
const TAG = /[ \t]{1,32}\*?[\w.]{1,32}[ \t]{1,32}`[^`\n]{0,160}?default:(?=")/iy;
/** A cell that begins its line, and the one after it. */
const SECOND_OF_TWO = /(?<=(?:^|\n)["']?[\w.-]{1,64})["']?,["']?/y;
const CELL = /[^\s,"'`]{8,512}(?=["']?(?:,["']?[\w .:-]{0,32}["']?){0,4}[ \t]{0,8}(?:\r?\n|$))/y;

/** True when the line that follows is indented deeper than the one of the name. */
function isDeeper(text: string, start: number, opening: number): boolean {
  const before = text.slice(Math.max(0, start - 96), start);
  const own = /^[ \t]*(?:-[ \t]+)?/.exec(before.slice(before.lastIndexOf('\n') + 1))?.[0] ?? '';
  const next = /^\r?\n([ \t]*)/.exec(text.slice(opening, opening + 80))?.[1] ?? '';
  return next.length > own.replace(/-[ \t]+$/, '').length;
}
