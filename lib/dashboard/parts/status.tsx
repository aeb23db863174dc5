import type { ComponentChildren } from 'preact';

/** What a state means: its colour, its sign, and the word for it. */
export type Meaning = 'ok' | 'warn' | 'fail' | 'wait' | 'running' | 'ended';

/** A state, told by a sign and a word, never by colour alone. */
export function Status({
  is,
  children,
}: {
  readonly is: Meaning;
  readonly children: ComponentChildren;
}) {
  return (
    <span class={`status is-${is}`}>
      <span class="sign" aria-hidden="true">
        {SIGNS[is]}
      </span>
      {children}
    </span>
  );
}

// --- internal ---

const SIGNS: Readonly<Record<Meaning, string>> = {
  ok: '✓',
  warn: '!',
  fail: '✕',
  wait: '⏸',
  running: '●',
  ended: '○',
};
