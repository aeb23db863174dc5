import { INVISIBLE } from '../../base/terminal-safe.ts';

/**
 * A text that somebody else wrote: its direction is its own, and what hides or reorders text is shown as a code.
 */
export function Plain({ text, class: name }: { readonly text: string; readonly class?: string }) {
  return <bdi class={name}>{plainText(text)}</bdi>;
}

/** A sentence of this program's own, in which commands stand between backticks. */
export function Advice({ text, class: name }: { readonly text: string; readonly class?: string }) {
  return (
    <bdi class={name}>
      {plainText(text)
        .split('`')
        .map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part))}
    </bdi>
  );
}

/** A text with a code in the place of each character that is not seen: control characters, marks of direction. */
export function plainText(text: string): string {
  return text.replaceAll(CONTROL, code).replaceAll(INVISIBLE, code);
}

/** The same, at most `most` characters. */
export function shortText(text: string, most: number): string {
  return plainText(text.length > most ? `${text.slice(0, most)}…` : text);
}

/** The beginning of an id, as lists show it. */
export function shortId(id: string): string {
  return plainText(id.slice(0, 8));
}

// --- internal ---

/** All but tab and line feed. */
const CONTROL = /[\0-\u0008\u000b-\u001f\u007f-\u009f]/g; // oxlint-disable-line no-control-regex -- they are what it looks for

function code(character: string): string {
  return `⟨${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
