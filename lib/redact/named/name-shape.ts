import type { NameClass } from './name-words.ts';
import { classOfName } from './secret-name.ts';
import { isIdentifierLike } from '../value/word-shape.ts';
import { isSecretAnywhere, isSecretText } from '../value/secret-value.ts';
import type { ValueSpan } from './value-span.ts';

/** A name that names a secret, and where it stands. */
export interface SecretName extends ValueSpan {
  readonly nameClass: NameClass;
}

/** Finds the values that belong to a name; undefined when the name does not stand in this shape. */
export type NameShape = (text: string, name: SecretName) => readonly ValueSpan[] | undefined;

/** The span, if it holds a secret. */
export function ifSecretText(
  text: string,
  span: ValueSpan,
  { start, end, nameClass }: SecretName,
): readonly ValueSpan[] {
  if (isNameAgain(text.slice(start, end), text.slice(span.start, span.end))) return [];
  return isSecretText(nameClass, text.slice(span.start, span.end)) ? [span] : [];
}

/** The span, if it holds what looks like a secret by itself. */
export function ifSecretAnywhere(
  text: string,
  span: ValueSpan,
  { start, end, nameClass }: SecretName,
): readonly ValueSpan[] {
  if (isNameAgain(text.slice(start, end), text.slice(span.start, span.end))) return [];
  return isSecretAnywhere(nameClass, text.slice(span.start, span.end)) ? [span] : [];
}

// --- internal ---

/** True for a value that only says a name in another spelling, as that of a constant does. */
function isNameAgain(name: string, value: string): boolean {
  if (value.length > 64 || !/^[A-Za-z][\w.-]*[A-Za-z]$/.test(value)) return false;
  const letters = (text: string) => text.replace(/[^A-Za-z\d]/g, '').toLowerCase();
  if (letters(name).endsWith(letters(value))) return true;
  // A name of two or more words names another secret, or where one is kept.
  return (
    /[A-Za-z\d][_.-]|[a-z][A-Z]/.test(value) &&
    classOfName(value) !== undefined &&
    isIdentifierLike(value)
  );
}
