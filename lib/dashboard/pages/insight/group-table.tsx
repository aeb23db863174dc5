import { shareText } from '../../../base/amount-text.ts';
import type { StatisticsKey } from '../../../store/queries/statistics/group-key.ts';
import type { StatisticsGroup } from '../../../store/queries/statistics/statistics.ts';
import { Lines, roundText } from '../../parts/count.tsx';
import { RateBar } from '../../parts/figures/rate-bar.tsx';
import { Plain } from '../../parts/plain.tsx';
import { Table } from '../../parts/table.tsx';
import type { Column } from '../../parts/table.tsx';
import { Length } from '../../parts/figures/length.tsx';

/** The numbers by a key. Only the columns that the key has are there. */
export function GroupTable({
  by,
  groups,
  url,
}: {
  readonly by: StatisticsKey;
  readonly groups: readonly StatisticsGroup[];
  readonly url: URL;
}) {
  const columns = COLUMNS.filter(
    ({ order }) => groups.length === 0 || groups.some((group) => order?.(group) !== null),
  );
  return (
    <Table
      caption={`Numbers by ${by}`}
      columns={[keyColumn(by, url), ...columns]}
      rows={groups}
      rowKey={({ key }) => key ?? ''}
      url={url}
    />
  );
}

/** The sum of all kinds of tokens; null where none are known. */
export function allTokens({ tokens }: Pick<StatisticsGroup, 'tokens'>): number | null {
  if (tokens === null) return null;
  const { input, cacheCreation, cacheRead, output } = tokens;
  return input + cacheCreation + cacheRead + output;
}

// --- internal ---

function keyColumn(by: StatisticsKey, url: URL): Column<StatisticsGroup> {
  return {
    name: 'key',
    title: by.slice(0, 1).toUpperCase() + by.slice(1),
    isWide: true,
    order: ({ key }) => key,
    cell: ({ key }) => {
      if (key === null)
        return <span class="dim">{by === 'project' ? 'no project' : 'not known'}</span>;
      const href = hrefOf(by, key, url);
      return href === undefined ? <Plain text={key} /> : <a href={href}>{<Plain text={key} />}</a>;
    },
  };
}

/** The rows that a group counts; undefined where no list has them. */
function hrefOf(by: StatisticsKey, key: string, url: URL): string | undefined {
  const to = (path: string, more: Readonly<Record<string, string>>) => {
    const query = new URLSearchParams(url.search);
    for (const name of ['by', 'sort', 'survival']) query.delete(name);
    for (const [name, value] of Object.entries(more)) query.set(name, value);
    return `${path}?${query.toString()}`;
  };
  if (by === 'tool') return to('/calls', { tool: key });
  if (by === 'project') return to('/insight', { project: key });
  if (by === 'day') return to('/calls', { from: key, to: key });
  return undefined;
}

const count = (
  name: string,
  title: string,
  of: (group: StatisticsGroup) => number | null,
  from?: 560 | 900,
): Column<StatisticsGroup> => ({
  name,
  title,
  align: 'right',
  order: of,
  cell: (group) => of(group)?.toLocaleString('en-US') ?? <span class="dim">–</span>,
  ...(from && { from }),
});

const COLUMNS: readonly Column<StatisticsGroup>[] = [
  count('calls', 'Calls', ({ calls }) => calls),
  {
    name: 'ok',
    title: 'Succeeded',
    align: 'right',
    order: ({ successRate }) => successRate,
    cell: ({ successRate }) =>
      successRate === null ? (
        <span class="dim">–</span>
      ) : (
        <>
          {shareText(successRate)}
          <RateBar
            share={successRate}
            is={successRate >= 0.95 ? 'ok' : successRate >= 0.8 ? 'warn' : 'fail'}
          />
        </>
      ),
  },
  {
    name: 'p50',
    title: 'P50',
    align: 'right',
    order: ({ p50Ms }) => p50Ms,
    cell: ({ p50Ms }) => <Length ms={p50Ms} />,
    from: 900,
  },
  {
    name: 'p95',
    title: 'P95',
    align: 'right',
    order: ({ p95Ms }) => p95Ms,
    cell: ({ p95Ms }) => <Length ms={p95Ms} />,
    from: 560,
  },
  {
    name: 'lines',
    title: 'Lines',
    align: 'right',
    order: ({ linesAdded }) => linesAdded,
    cell: ({ linesAdded, linesRemoved }) => <Lines added={linesAdded} removed={linesRemoved} />,
    from: 900,
  },
  count('edits', 'Edits', ({ edits }) => edits, 560),
  count('written', 'Written', ({ linesWritten }) => linesWritten, 560),
  count('standing', 'Stand', ({ linesStanding }) => linesStanding, 900),
  {
    name: 'tokens',
    title: 'Tokens',
    align: 'right',
    order: allTokens,
    cell: (group) => {
      const all = allTokens(group);
      return all === null ? <span class="dim">–</span> : roundText(all);
    },
    from: 900,
  },
];
