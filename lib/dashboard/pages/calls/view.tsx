import { errorLine } from '../../../event/error-line.ts';
import { TOOL_OUTCOMES } from '../../../event/tool-call.ts';
import type { ToolOutcome } from '../../../event/tool-call.ts';
import type { ListedToolCall } from '../../../store/queries/tool-calls.ts';
import { useClient } from '../../frame/client-side.ts';
import { Plain, shortText } from '../../parts/plain.tsx';
import { Empty } from '../../parts/states.tsx';
import { Status } from '../../parts/status.tsx';
import type { Meaning } from '../../parts/status.tsx';
import { Table } from '../../parts/table.tsx';
import type { Column } from '../../parts/table.tsx';
import { Length } from '../../parts/figures/length.tsx';
import { Ago } from '../../parts/time.tsx';
import type { PageView, ViewProps } from '../page.ts';
import { UNSUCCESSFUL } from './outcome-choice.ts';
import type { CallsData } from './query.ts';

/** Which calls were made? */
export const callsView: PageView<CallsData> = { View };

// --- internal ---

function View({ data, url }: ViewProps<CallsData>) {
  const { rows, total, tool, outcome } = data;
  return (
    <>
      <Choice tool={tool} outcome={outcome} url={url} />
      {rows.length === 0 ? (
        <Empty
          title="No call in this time"
          why="Here stands each tool call with what it was about and how it ended. Choose a longer time, or another outcome."
        />
      ) : (
        <>
          <Table
            caption="Tool calls"
            columns={COLUMNS}
            rows={rows}
            rowKey={({ sessionId, toolUseId }) => `${sessionId} ${toolUseId}`}
            url={url}
          />
          {total >= rows.length && rows.length >= MOST_SHOWN && (
            <p class="dim list-end">These are the newest {rows.length.toLocaleString('en-US')}.</p>
          )}
        </>
      )}
    </>
  );
}

const MOST_SHOWN = 1_000;

function Choice({
  tool,
  outcome,
  url,
}: Pick<CallsData, 'tool' | 'outcome'> & { readonly url: URL }) {
  const { navigate } = useClient();
  const without = new URL(url);
  without.searchParams.delete('tool');
  return (
    <div class="call-choice">
      <select
        aria-label="Outcome"
        value={outcome ?? ''}
        onChange={({ currentTarget: { value } }) => {
          const to = new URL(url);
          if (value === '') to.searchParams.delete('outcome');
          else to.searchParams.set('outcome', value);
          navigate(`${to.pathname}${to.search}`);
        }}
      >
        <option value="" selected={outcome === null}>
          Every outcome
        </option>
        <option value={UNSUCCESSFUL} selected={outcome === UNSUCCESSFUL}>
          All that did not succeed
        </option>
        {TOOL_OUTCOMES.map((one) => (
          <option value={one} key={one} selected={one === outcome}>
            {one}
          </option>
        ))}
      </select>
      {tool !== null && (
        <a class="button chip" href={`${without.pathname}${without.search}`}>
          <Plain text={tool} />
          <span aria-hidden="true">✕</span>
          <span class="unseen"> and no other tool: show all</span>
        </a>
      )}
    </div>
  );
}

const MEANINGS: Readonly<Record<ToolOutcome, Meaning>> = {
  ok: 'ok',
  failed: 'fail',
  rejected: 'fail',
  denied: 'warn',
  interrupted: 'warn',
  running: 'running',
};

const COLUMNS: readonly Column<ListedToolCall>[] = [
  {
    name: 'when',
    title: 'When',
    order: ({ at }) => at,
    cell: ({ at }) => <Ago at={at} />,
    from: 560,
  },
  {
    name: 'tool',
    title: 'Tool',
    order: ({ toolName }) => toolName,
    cell: ({ toolName }) => <Plain text={toolName} />,
  },
  {
    name: 'what',
    title: 'What',
    isWide: true,
    cell: ({ sessionId, toolUseId, toolName, summary, projectRoot, error, outcome }) => {
      const note = error !== null && outcome !== 'ok' ? errorLine(error) : undefined;
      const file = toolName === 'Bash' ? undefined : below(summary, projectRoot);
      return (
        <>
          <a
            href={`/sessions/${encodeURIComponent(sessionId)}?call=${encodeURIComponent(toolUseId)}`}
          >
            {file === undefined || note !== undefined ? (
              <bdi>{shortText(file ?? summary, 200) || toolUseId}</bdi>
            ) : (
              <FileParts path={file} />
            )}
          </a>
          {note !== undefined && <span class="cell-note">{shortText(note, 160)}</span>}
        </>
      );
    },
  },
  {
    name: 'outcome',
    title: 'Outcome',
    order: ({ outcome }) => outcome,
    cell: ({ outcome }) => <Status is={MEANINGS[outcome]}>{outcome}</Status>,
  },
  {
    name: 'took',
    title: 'Took',
    align: 'right',
    order: ({ durationMs }) => durationMs,
    cell: ({ durationMs }) => <Length ms={durationMs} />,
    from: 560,
  },
  {
    name: 'project',
    title: 'Project',
    order: ({ projectName }) => projectName,
    cell: ({ projectName }) => <Plain text={projectName ?? ''} />,
    from: 900,
  },
];

/** The path of a file below its project's folder; undefined for what is no such path. */
function below(text: string, root: string | null): string | undefined {
  return root !== null && text.startsWith(`${root}/`) ? text.slice(root.length + 1) : undefined;
}

/** A path of which the folder makes way for the name where there is little room. */
function FileParts({ path }: { readonly path: string }) {
  const name = path.lastIndexOf('/') + 1;
  return (
    <span class="call-file">
      {name > 0 && <bdi class="call-folder">{shortText(path.slice(0, name), 200)}</bdi>}
      <bdi class="call-name">{shortText(path.slice(name), 200)}</bdi>
    </span>
  );
}
