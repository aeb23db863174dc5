import type { NameClass } from './name-words.ts';
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
  { nameClass }: SecretName,
): readonly ValueSpan[] {
  return isSecretText(nameClass, text.slice(span.start, span.end)) ? [span] : [];
}

/** The span, if it holds what looks like a secret by itself. */
export function ifSecretAnywhere(
  text: string,
  span: ValueSpan,
  { nameClass }: SecretName,
): readonly ValueSpan[] {
  return isSecretAnywhere(nameClass, text.slice(span.start, span.end)) ? [span] : [];
}
