import { useCallback, useMemo, useRef, useState } from 'preact/hooks';
import { linkWith } from '../../parts/link.ts';
import { useRowHeight } from '../../parts/row-height.ts';
import { useWindowRows } from '../../parts/window-rows.ts';
import { CallLine } from './call-line.tsx';
import type { TimelineRow } from './timeline-rows.ts';
import { TurnLine } from './turn-line.tsx';

/** Prompts as headings, calls as rows. Of a long session, the rows in view are drawn. */
export function Timeline({
  rows,
  url,
  root,
  openKey,
}: {
  readonly rows: readonly TimelineRow[];
  readonly url: URL;
  readonly root: string | null;
  /** The call that is open beside it. */
  readonly openKey: string | null;
}) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const shown = useMemo(() => withoutFolded(rows, folded), [rows, folded]);
  const rowHeight = useRowHeight();
  const list = useRef<HTMLOListElement>(null);
  const height = useCallback(
    (index: number) => heightOf(shown[index], rowHeight),
    [shown, rowHeight],
  );
  const window = useWindowRows(shown.length, height, list);
  const fold = (key: string) => {
    const next = new Set(folded);
    if (!next.delete(key)) next.add(key);
    setFolded(next);
  };
  return (
    <ol class="timeline" ref={list}>
      {window.before > 0 && <li aria-hidden="true" style={{ height: `${window.before}px` }} />}
      {shown
        .slice(window.from, window.to)
        .map((row) =>
          row.kind === 'turn' ? (
            <TurnLine
              turn={row}
              href={linkWith(url, { prompt: row.key, call: null })}
              key={row.key}
            />
          ) : (
            <CallLine
              row={row}
              href={linkWith(url, { call: row.key, prompt: null })}
              root={root}
              isOpen={row.key === openKey}
              isFolded={folded.has(row.key)}
              onFold={() => fold(row.key)}
              key={row.key}
            />
          ),
        )}
      {window.after > 0 && <li aria-hidden="true" style={{ height: `${window.after}px` }} />}
    </ol>
  );
}

// --- internal ---

/** As `style.css` has them, in pixels. */
const TURN_HEIGHT = 68;
const ERROR_HEIGHT = 20;

function heightOf(row: TimelineRow | undefined, rowHeight: number): number {
  if (row?.kind === 'turn') return TURN_HEIGHT;
  return row?.kind === 'call' && row.error !== null ? rowHeight + ERROR_HEIGHT : rowHeight;
}

function withoutFolded(
  rows: readonly TimelineRow[],
  folded: ReadonlySet<string>,
): readonly TimelineRow[] {
  if (folded.size === 0) return rows;
  const shown: TimelineRow[] = [];
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] as TimelineRow;
    shown.push(row);
    if (row.kind !== 'turn' && folded.has(row.key)) at += row.inside;
  }
  return shown;
}
