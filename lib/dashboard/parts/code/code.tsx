import { LONGEST_SHOWN } from './longest-shown.ts';
import { plainText } from '../plain.tsx';
import type { ColouredLine } from './coloured-line.ts';
import { useCodeColours } from './use-code-colours.ts';

/** A line of code: what it holds is text, with a code for each character that is not seen. */
export function CodeLine({
  text,
  pieces,
  length = text.length,
}: {
  readonly text: string;
  /** The kinds of its words; undefined while they are not known. */
  readonly pieces: ColouredLine | undefined;
  /** How many characters it has, if `text` is but its beginning. */
  readonly length?: number;
}) {
  const shown = text.slice(0, LONGEST_SHOWN);
  return (
    <code class="code-line" dir="ltr">
      {pieces && text.length <= LONGEST_SHOWN
        ? pieces.map(([kind, piece], at) =>
            kind === '' ? (
              plainText(piece)
            ) : (
              <span class={`code-${kind}`} key={at}>
                {plainText(piece)}
              </span>
            ),
          )
        : plainText(shown)}
      {length > shown.length && (
        <span class="dim">… {length.toLocaleString('en-US')} characters</span>
      )}
    </code>
  );
}

/** Code with numbers of its lines. Of very much of it, the beginning. */
export function Code({
  code,
  language,
  first = 1,
  most = MOST_LINES,
  label,
}: {
  readonly code: string;
  /** As lib/pattern/language.ts names it. */
  readonly language: string;
  /** The number of its first line. */
  readonly first?: number;
  /** So many lines are shown. */
  readonly most?: number;
  /** What it is, for who does not see it. */
  readonly label: string;
}) {
  const lines = code.replace(/\n$/, '').split('\n');
  const colours = useCodeColours(code, language);
  const left = lines.length - most;
  return (
    <div class="code" role="region" aria-label={label} tabIndex={0}>
      <ol class="code-lines">
        {lines.slice(0, most).map((line, at) => (
          <li key={at}>
            <span class="code-at" aria-hidden="true">
              {first + at}
            </span>
            <CodeLine text={line} pieces={colours?.[at]} />
          </li>
        ))}
      </ol>
      {left > 0 && (
        <p class="code-more dim">
          … and {left.toLocaleString('en-US')} more {left === 1 ? 'line' : 'lines'}
        </p>
      )}
    </div>
  );
}

// --- internal ---

const MOST_LINES = 1_000;
