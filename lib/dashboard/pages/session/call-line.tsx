import type { ToolOutcome } from '../../../event/tool-call.ts';
import { span } from '../../../base/time-text.ts';
import { Lines } from '../../parts/count.tsx';
import { shortPath } from '../../parts/link.ts';
import { Plain, shortText } from '../../parts/plain.tsx';
import type { Meaning } from '../../parts/status.tsx';
import { Status } from '../../parts/status.tsx';
import type { AgentRow, CallRow } from './timeline-rows.ts';

/** A call as a row: what ran, on the time line of its turn, and how it ended. */
export function CallLine({
  row,
  href,
  root,
  isOpen,
  isFolded,
  onFold,
}: {
  readonly row: CallRow | AgentRow;
  readonly href: string;
  readonly root: string | null;
  readonly isOpen: boolean;
  readonly isFolded: boolean;
  readonly onFold: () => void;
}) {
  const fold = row.inside > 0 && (
    <button
      type="button"
      class="fold"
      aria-expanded={!isFolded}
      aria-label={`${isFolded ? 'Show' : 'Hide'} what the subagent did, ${row.inside} calls`}
      onClick={onFold}
    >
      {isFolded ? '▸' : '▾'}
    </button>
  );
  const depth = Math.min(row.depth, MOST_DEPTH);
  if (row.kind === 'agent') {
    return (
      <li class={`call depth-${depth}`} data-row>
        <span class="call-what">
          {fold}
          <span class="call-tool">Subagent</span> <Plain text={row.agent} />
        </span>
      </li>
    );
  }
  const { tool, summary, outcome, error, durationMs } = row;
  return (
    <li
      class={`call depth-${depth}${isOpen ? ' is-open' : ''}${error === null ? '' : ' has-error'}`}
      data-row
    >
      <span class="call-what">
        {fold}
        <a href={href} class="call-link">
          <span class="call-tool">{shortText(tool, 40)}</span>{' '}
          <code class="call-summary">{shortText(shortPath(summary, root), 400)}</code>
        </a>
        {row.agent !== null && (
          <span class="dim call-agent">
            <Plain text={row.agent} />
          </span>
        )}
      </span>
      <span class="call-lines from-900">
        <Lines added={row.linesAdded} removed={row.linesRemoved} />
      </span>
      <Bar row={row} />
      <span class="call-outcome">
        {outcome !== 'ok' && <Status is={MEANINGS[outcome]}>{outcome}</Status>}
        {row.isRetry && (
          <span class="dim from-560" title="It does again what had not ended well">
            again
          </span>
        )}
      </span>
      <span class="call-time num dim">{durationMs === null ? '' : span(durationMs)}</span>
      {error !== null && (
        <span class="call-why is-fail">
          <Plain text={error} />
        </span>
      )}
    </li>
  );
}

// --- internal ---

/** Deeper rows are indented no further. */
const MOST_DEPTH = 6;

const MEANINGS: Readonly<Record<ToolOutcome, Meaning>> = {
  ok: 'ok',
  failed: 'fail',
  rejected: 'warn',
  denied: 'warn',
  interrupted: 'warn',
  running: 'running',
};

/** From its start to its end, within its turn; the part that it waited for leave is light. */
function Bar({ row: { from, to, outcome, permissionMs } }: { readonly row: CallRow }) {
  const x = from * 1_000;
  const width = Math.max(4, (to - from) * 1_000);
  const start = Math.min(x, 1_000 - width);
  return (
    <svg
      class={`bar is-${MEANINGS[outcome]} from-560`}
      viewBox="0 0 1000 10"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <rect class="bar-ground" x="0" y="4.5" width="1000" height="1" />
      <rect
        x={start}
        y="0"
        width={width}
        height="10"
        class={permissionMs === null ? '' : 'bar-asked'}
      />
    </svg>
  );
}
