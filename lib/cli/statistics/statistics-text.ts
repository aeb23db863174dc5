import { counted } from '../../base/amount-text.ts';
import type { StatisticsKey } from '../../store/queries/statistics/group-key.ts';
import { MOST_EDITS } from '../../store/queries/statistics/rework.ts';
import type { Figures } from '../../store/queries/statistics/figure-groups.ts';
import type { Statistics, StatisticsGroup } from '../../store/queries/statistics/statistics.ts';
import type { CliEnvironment } from '../environment.ts';
import type { PartOfList } from '../arguments/list-arguments.ts';
import { cutNote } from '../listing/list-output.ts';
import { shortIds, shownPath } from '../listing/row-text.ts';
import { painter, renderTable } from '../listing/table.ts';
import type { Column } from '../listing/table.ts';
import {
  allTokens,
  bar,
  costText,
  numberText,
  rateText,
  shortNumber,
  spanText,
  tokensText,
} from './figures-text.ts';

/** Characters of a bar. */
const BAR = 16;
/** Rows of each list beside the groups. */
const SHOWN = 5;
/** Characters of code. */
const MAX_HEAD = 60;

/** The numbers as a page for people. @param part which groups are shown; of days, the first part has the last @param root of the only project that is shown */
export function statisticsText(
  cli: CliEnvironment,
  statistics: Statistics,
  by: StatisticsKey,
  { limit, offset }: PartOfList,
  root: string | null,
): string {
  const paint = painter(cli.color);
  const { groups } = statistics;
  const to = groups.length - offset;
  const [start, end] =
    by === 'day' ? [Math.max(0, to - limit), Math.max(0, to)] : [offset, offset + limit];
  const shown = limit === -1 ? groups : groups.slice(start, end);
  const note = cutNote(shown.length, groups.length, offset);
  const lists = [
    listText(cli, statistics.failures.slice(0, SHOWN), [
      { title: 'CAUSE', cell: ({ cause }) => cause },
      count('CALLS', ({ calls }) => calls),
    ]),
    listText(cli, statistics.failedCommands.slice(0, SHOWN), [
      { title: 'FAILED COMMAND', cell: ({ command }) => command, least: 20 },
      count('CALLS', ({ calls }) => calls),
    ]),
    listText(cli, by === 'file' ? [] : statistics.files.slice(0, SHOWN), [
      {
        title: 'FILE',
        cell: ({ file }) => shownPath(file, root, cli.env),
        cut: 'start',
        least: 12,
      },
      count('EDITS', ({ edits }) => edits),
      count('LINES', ({ lines }) => lines),
    ]),
    patternsText(cli, statistics),
    listText(cli, by === 'model' ? [] : statistics.models.slice(0, SHOWN), [
      { title: 'MODEL', cell: ({ model }) => model },
      count('ANSWERS', ({ answers }) => answers),
      { ...tokenColumn(({ tokens }) => allTokens(tokens)), rank: 0 },
      ...costColumns(statistics.models),
    ]),
  ];
  return [
    headText(cli, statistics),
    (shown.length === 0 ? '' : groupsText(cli, shown, by, root)) +
      (note === undefined ? '' : `${paint('dim', note)}\n`),
    ...lists,
  ]
    .filter(Boolean)
    .join('\n');
}

/** The numbers of all, a line for each kind: label and text. */
export function headLines(statistics: Statistics): [label: string, text: string][] {
  const { calls, successRate, p50Ms, p95Ms, sessions, tokens, cost, rework } = statistics;
  const { edits, linesWritten, linesStanding, linesAdded, linesRemoved } = statistics;
  const reworked = rework.edits === 0 ? null : rework.reworked / rework.edits;
  const ofNewest = rework.edits === MOST_EDITS ? `, of the newest ${numberText(MOST_EDITS)}` : '';
  const stand =
    linesStanding === null ? 'survival tells how many stand' : `${numberText(linesStanding)} stand`;
  return [
    [
      'Calls',
      `${numberText(calls)} in ${counted(sessions, 'session')}, ${rateText(successRate)} ok`,
    ],
    ['Took', `${spanText(p50Ms)} half of them, at most ${spanText(p95Ms)} 95 %`],
    ['Code', `${counted(edits ?? 0, 'edit')}, ${numberText(linesWritten)} lines written, ${stand}`],
    ['Files', `+${numberText(linesAdded)} -${numberText(linesRemoved)} lines`],
    ['Reworked', `${rateText(reworked)} of the edits within the hour${ofNewest}`],
    ...(tokens === null || allTokens(tokens) === 0
      ? []
      : ([['Tokens', tokensText(tokens)]] satisfies [string, string][])),
    ...(cost === null ? [] : ([['Cost', costText(cost)]] satisfies [string, string][])),
  ];
}

// --- internal ---

/** What the key of a group is called. */
function groupName(
  by: StatisticsKey,
  key: string | null,
  root: string | null,
  { env }: Pick<CliEnvironment, 'env'>,
): string {
  if (key === null) return by === 'project' ? 'no project' : 'not known';
  return by === 'project' || by === 'file' ? shownPath(key, root, env) : key;
}

function headText({ color }: CliEnvironment, statistics: Statistics): string {
  const paint = painter(color);
  return headLines(statistics)
    .map(([label, text]) => `${paint('bold', label.padEnd(9))} ${text}\n`)
    .join('');
}

function groupsText(
  cli: CliEnvironment,
  groups: readonly StatisticsGroup[],
  by: StatisticsKey,
  root: string | null,
): string {
  const has = (of: (group: Figures) => unknown) => groups.some((group) => of(group) !== null);
  const hasCalls = has(({ calls }) => calls);
  const sizeOf = ({ calls, edits }: Figures) => (hasCalls ? calls : edits) ?? 0;
  const largest = Math.max(...groups.map(sizeOf));
  const columns: (Column<StatisticsGroup> | false)[] = [
    {
      title: by.toUpperCase(),
      cell: ({ key }) => groupName(by, key, root, cli),
      cut: 'start',
      least: 12,
    },
    hasCalls && count('CALLS', ({ calls }) => calls),
    hasCalls && {
      title: 'OK',
      cell: ({ successRate }) => rateText(successRate),
      align: 'right',
      isWhole: true,
      paint: ({ successRate }) =>
        successRate !== null && successRate < 0.95 ? 'yellow' : undefined,
    },
    has(({ p50Ms }) => p50Ms) && { ...text('P50', ({ p50Ms }) => spanText(p50Ms)), rank: 3 },
    has(({ p95Ms }) => p95Ms) && { ...text('P95', ({ p95Ms }) => spanText(p95Ms)), rank: 2 },
    has(({ edits }) => edits) && { ...count('EDITS', ({ edits }) => edits), rank: 4 },
    has(({ linesWritten }) => linesWritten) && {
      ...count('WRITTEN', ({ linesWritten }) => linesWritten),
      rank: 1,
    },
    has(({ linesStanding }) => linesStanding) && {
      ...count('STAND', ({ linesStanding }) => linesStanding),
      rank: 1,
    },
    groups.some(({ tokens }) => tokens !== null && allTokens(tokens) > 0) &&
      tokenColumn(({ tokens }) => (tokens === null ? 0 : allTokens(tokens))),
    ...costColumns<StatisticsGroup>(groups),
    cli.isTTY && {
      title: '',
      cell: (group) => bar(sizeOf(group), largest, BAR),
      isWhole: true,
      rank: 5,
      paint: () => 'cyan',
    },
  ];
  return renderTable<StatisticsGroup>(
    cli,
    columns.filter((column) => column !== false),
    groups,
  );
}

function patternsText(cli: CliEnvironment, { patterns }: Statistics): string {
  const shown = patterns.slice(0, SHOWN);
  const short = shortIds(shown.map(({ id }) => id));
  return listText(cli, shown, [
    {
      title: 'PATTERN',
      cell: ({ id }) => (cli.isTTY ? short(id) : id),
      isWhole: true,
      paint: () => 'yellow',
    },
    count('USES', ({ uses }) => uses),
    { title: 'NAME', cell: ({ name }) => name },
    { title: 'CODE', cell: ({ head }) => head.slice(0, MAX_HEAD), least: 20 },
  ]);
}

/** A table of its own; nothing without rows. */
function listText<Row>(
  cli: CliEnvironment,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
): string {
  return rows.length === 0 ? '' : renderTable<Row>(cli, columns, rows);
}

function text<Row>(title: string, cell: (row: Row) => string): Column<Row> {
  return { title, cell, align: 'right', isWhole: true };
}

function count<Row>(title: string, of: (row: Row) => number | null): Column<Row> {
  return text(title, (row) => numberText(of(row)));
}

function tokenColumn<Row>(of: (row: Row) => number): Column<Row> {
  return { ...text<Row>('TOKENS', (row) => shortNumber(of(row))), rank: 2 };
}

function costColumns<Row extends { readonly cost: number | null }>(
  rows: readonly Row[],
): Column<Row>[] {
  if (rows.every(({ cost }) => cost === null)) return [];
  return [text('COST', ({ cost }) => costText(cost))];
}
