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
      <Sign is={is} />
      {children}
    </span>
  );
}

/** The sign of a state alone; a word stands beside it, or is there for who does not see it. */
export function Sign({ is }: { readonly is: Meaning }) {
  return (
    <svg
      class="sign"
      viewBox="0 0 12 12"
      width="12"
      height="12"
      aria-hidden="true"
      focusable="false"
    >
      <path d={SIGNS[is]} class={is === 'running' ? 'is-full' : ''} />
    </svg>
  );
}

// --- internal ---

/** Drawn, because not every system has a font with all of them. */
const SIGNS: Readonly<Record<Meaning, string>> = {
  ok: 'M2 6.5 5 9.5 10.5 2.5',
  warn: 'M6 1.5V7M6 10v.5',
  fail: 'M2 2l8 8M10 2 2 10',
  wait: 'M3.5 2v8M8.5 2v8',
  running: 'M6 2a4 4 0 1 0 0 8 4 4 0 0 0 0-8z',
  ended: 'M6 2a4 4 0 1 0 0 8 4 4 0 0 0 0-8z',
};
