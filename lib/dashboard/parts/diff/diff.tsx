import { useEffect, useState } from 'preact/hooks';
import { useClient } from '../../frame/client-side.ts';
import { diffRows } from './diff-rows.ts';
import type { DiffRow } from './diff-rows.ts';
import { plainText } from '../plain.tsx';

/** Hunks of a diff: both texts beside each other, or below each other where there is little room or the user wants it. */
export function Diff({ hunks, note }: { readonly hunks: string; readonly note: string | null }) {
  const { isStatic } = useClient();
  const isOneSided = !/^-/m.test(hunks) || !/^\+/m.test(hunks);
  const [isSplit, setSplit] = useState(!isOneSided);
  const [most, setMost] = useState(isStatic ? Infinity : MOST_ROWS);
  // The server does not know how wide the window is.
  useEffect(() => {
    if (window.matchMedia('(max-width: 559px)').matches) setSplit(false);
  }, []);
  const rows = diffRows(hunks);
  return (
    <div class="diff-room">
      <p class="diff-head dim">
        <span>{note}</span>
        <button type="button" class="link-button from-560" onClick={() => setSplit(!isSplit)}>
          {isSplit ? 'One column' : 'Side by side'}
        </button>
      </p>
      <div
        class={`diff${isSplit ? ' is-split' : ''}`}
        role="region"
        aria-label="What was changed"
        tabIndex={0}
      >
        <table>
          <tbody>
            {rows.slice(0, most).map((row, at) => (
              <Row row={row} isSplit={isSplit} key={at} />
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > most && (
        <button type="button" class="link-button" onClick={() => setMost(most * 10)}>
          Show more of {rows.length.toLocaleString('en-US')} rows
        </button>
      )}
    </div>
  );
}

// --- internal ---

/** More rows are drawn on demand. */
const MOST_ROWS = 400;

function Row({ row, isSplit }: { readonly row: DiffRow; readonly isSplit: boolean }) {
  if (row.kind === 'place') {
    return (
      <tr class="diff-place">
        <td colSpan={4}>{row.text}</td>
      </tr>
    );
  }
  const { old, now } = row;
  if (isSplit) {
    return (
      <tr>
        <Side line={old} sign={row.isSame ? ' ' : '−'} />
        <Side line={now} sign={row.isSame ? ' ' : '+'} />
      </tr>
    );
  }
  return (
    <>
      {old && (!row.isSame || !now) && (
        <tr>
          <Side line={old} sign="−" span={3} />
        </tr>
      )}
      {now && (
        <tr>
          <Side line={now} sign={row.isSame ? ' ' : '+'} span={3} />
        </tr>
      )}
    </>
  );
}

function Side({
  line,
  sign,
  span,
}: {
  readonly line: { readonly at: number; readonly text: string } | undefined;
  readonly sign: '+' | '−' | ' ';
  readonly span?: number;
}) {
  if (!line) {
    return (
      <>
        <td class="diff-at" />
        <td class="diff-none" />
      </>
    );
  }
  const kind = sign === '+' ? 'diff-added' : sign === '−' ? 'diff-removed' : '';
  return (
    <>
      <td class={`diff-at ${kind}`}>{line.at}</td>
      <td class={`diff-text ${kind}`} {...(span !== undefined && { colSpan: span })}>
        <span class="diff-sign">{sign}</span>
        {plainText(line.text.slice(0, MOST_COLUMNS))}
        {line.text.length > MOST_COLUMNS && (
          <span class="dim">… {line.text.length.toLocaleString('en-US')} characters</span>
        )}
      </td>
    </>
  );
}

/** Of longer lines, the beginning is shown. */
const MOST_COLUMNS = 2_000;
