import { useCallback } from 'preact/hooks';
import { lastedText } from '../../../store/queries/session/session-state.ts';
import type { ListedSession } from '../../../store/queries/sessions.ts';
import { Count, Lines } from '../../parts/count.tsx';
import { Plain } from '../../parts/plain.tsx';
import { Empty } from '../../parts/states.tsx';
import { Status } from '../../parts/status.tsx';
import type { Meaning } from '../../parts/status.tsx';
import { Table } from '../../parts/table.tsx';
import type { Column } from '../../parts/table.tsx';
import { useTicking } from '../../parts/clock.ts';
import { Ago } from '../../parts/time.tsx';
import type { PageView, ViewProps } from '../page.ts';
import type { SessionsData } from './query.ts';

/** What was done? */
export const sessionsView: PageView<SessionsData> = { View };

// --- internal ---

function View({ data, url }: ViewProps<SessionsData>) {
  if (data.rows.length === 0) {
    return (
      <Empty
        title="No session in this time"
        why="Here stands each session of Claude Code with what it did. Choose a longer time, or look whether it is recorded:"
        command="pattern-tracker status"
      />
    );
  }
  return (
    <Table
      caption="Sessions"
      columns={COLUMNS}
      rows={data.rows}
      rowKey={({ id }) => id}
      url={url}
    />
  );
}

const STATES: Readonly<Partial<Record<string, Meaning>>> = {
  open: 'running',
  waiting: 'wait',
  silent: 'ended',
};

function Lasted({ session }: { readonly session: ListedSession }) {
  const text = useTicking(useCallback((now) => lastedText(session, now), [session]));
  const is = STATES[text];
  return is === undefined ? <span class="num">{text}</span> : <Status is={is}>{text}</Status>;
}

const COLUMNS: readonly Column<ListedSession>[] = [
  {
    name: 'prompt',
    title: 'First prompt',
    isWide: true,
    cell: ({ id, firstPrompt, projectName }) => (
      <a href={sessionHref(id)}>
        {projectName !== null && (
          <span class="dim to-560">
            <Plain text={projectName} />{' '}
          </span>
        )}
        {firstPrompt === null ? <code>{id.slice(0, 8)}</code> : <Plain text={firstPrompt} />}
      </a>
    ),
  },
  {
    name: 'project',
    title: 'Project',
    cell: ({ projectName }) => <Plain text={projectName ?? ''} />,
    order: ({ projectName }) => projectName,
    from: 560,
  },
  {
    name: 'started',
    title: 'Started',
    cell: ({ startedAt }) => <Ago at={startedAt} />,
    order: ({ startedAt }) => startedAt,
  },
  {
    name: 'lasted',
    title: 'Lasted',
    cell: (session) => <Lasted session={session} />,
    order: ({ startedAt, endedAt }) => (endedAt === null ? null : endedAt - startedAt),
    from: 560,
  },
  {
    name: 'calls',
    title: 'Calls',
    align: 'right',
    cell: ({ id, toolCalls }) => <Count of={toolCalls} href={sessionHref(id)} />,
    order: ({ toolCalls }) => toolCalls,
    from: 900,
  },
  {
    name: 'failed',
    title: 'Failed',
    align: 'right',
    cell: ({ id, failedToolCalls }) => (
      <Count of={failedToolCalls} href={`${sessionHref(id)}?only=failed`} />
    ),
    order: ({ failedToolCalls }) => failedToolCalls,
    from: 900,
  },
  {
    name: 'files',
    title: 'Files',
    align: 'right',
    cell: ({ id, files }) => <Count of={files} href={`${sessionHref(id)}?show=changes`} />,
    order: ({ files }) => files,
    from: 900,
  },
  {
    name: 'lines',
    title: 'Lines',
    align: 'right',
    cell: ({ linesAdded, linesRemoved }) => <Lines added={linesAdded} removed={linesRemoved} />,
    order: ({ linesAdded }) => linesAdded,
    from: 560,
  },
];

function sessionHref(id: string): string {
  return `/sessions/${encodeURIComponent(id)}`;
}
