import {
  SLOT_MS,
  TOTALS_DAY_MS,
  TOTALS_TABLES,
} from '../../database/schema-parts/statistics-schema.ts';
import type { TotalsTable } from '../../database/schema-parts/statistics-schema.ts';
import { TEST_SESSION_PREFIX } from '../conditions.ts';
import type { ListFilter } from '../conditions.ts';

/** What is summed up: what Claude did in some time, projects or session. */
export type StatisticsFilter = Omit<ListFilter, 'limit' | 'withTests'>;

/** The totals that there are. */
export type TotalsName = 'call_totals' | 'code_totals' | 'file_totals' | 'usage_totals';

/**
 * SQL for the totals that meet a filter, with the columns of the totals. What lies in whole slots (or days) comes from the
 * totals, and the rest of the time is counted. {@link filterValues} has what it binds.
 */
export function totalsSource(name: TotalsName, filter: StatisticsFilter): string {
  const of = TOTALS_TABLES.find(({ totals }) => totals === name) as TotalsTable;
  const { since, until, session } = filter;
  const unit = 'day' in of.key ? TOTALS_DAY_MS : SLOT_MS;
  const time = 'day' in of.key ? 'day' : 'slot';
  const first = since === undefined ? undefined : Math.ceil(since / unit);
  const end = until === undefined ? undefined : Math.floor(until / unit);
  const isShort = first !== undefined && end !== undefined && first >= end;
  const isOfSession = 'session_id' in of.key;
  if (isShort || (session !== undefined && !isOfSession))
    return countedRows(of, filter, since, until);
  const parts = [wholeSlots(of, filter, time, first, end)];
  if (first !== undefined && since !== undefined && since < first * unit) {
    parts.push(countedRows(of, filter, since, first * unit));
  }
  if (end !== undefined && until !== undefined && end * unit < until) {
    parts.push(countedRows(of, filter, end * unit, until));
  }
  return parts.join(' UNION ALL ');
}

/** What the SQL of {@link totalsSource} and {@link rowsWhere} binds. */
export function filterValues({ projectIds, session }: StatisticsFilter): Record<string, string> {
  return {
    ...(projectIds ? { projects: JSON.stringify(projectIds) } : {}),
    ...(session === undefined ? {} : { session }),
  };
}

/**
 * SQL that a row `item` with a session and a time meets the filter. A plus sign keeps SQLite from an index that would
 * make it read more: that by time finds the rows of some time, that by session those of a session.
 */
export function rowsWhere(filter: StatisticsFilter): string {
  return itemWhere(filter, filter.session !== undefined);
}

/**
 * SQL from `FROM` to `LIMIT` for about the newest rows, as `item`, that have a session, a time, and meet the filter and `condition`.
 * Through an index that has them in that order: it reads no more than it gives.
 */
export function newestRows(
  table: 'tool_calls' | 'occurrences',
  filter: StatisticsFilter,
  condition: string,
  most: number,
): string {
  const { session, projectIds, since } = filter;
  const where = `${condition} AND ${rowsWhere(filter)}`;
  if (session !== undefined) return `FROM ${table} AS item WHERE ${where} LIMIT ${most}`;
  if (projectIds === undefined) {
    return `FROM ${table} AS item WHERE ${where} ORDER BY item.at DESC LIMIT ${most}`;
  }
  // The sessions that went on last have the newest ones.
  return `FROM sessions s CROSS JOIN ${table} AS item ON item.session_id = s.id
    WHERE s.project_id IN (${PROJECTS}) ${since === undefined ? '' : `AND s.last_event_at >= ${since}`}
      AND ${condition} AND ${itemWhere({ ...filter, projectIds: undefined }, true)}
    ORDER BY s.last_event_at DESC LIMIT ${most}`;
}

// --- internal ---

function wholeSlots(
  of: TotalsTable,
  filter: StatisticsFilter,
  time: 'slot' | 'day',
  first: number | undefined,
  end: number | undefined,
): string {
  const where = [...ofTotals(of, filter), ...inTime(time, first, end)].join(' AND ');
  if (time === 'slot') return `SELECT ${columnsOf(of).join(', ')} FROM ${of.totals} WHERE ${where}`;
  // They are in the order of files: summed up before they are joined with other rows, they need not be sorted.
  const sums = Object.keys(of.sums).map((sum) => `sum(${sum}) AS ${sum}`);
  return `SELECT file_path, project_id, day, ${sums.join(', ')} FROM ${of.totals} WHERE ${where} GROUP BY file_path`;
}

function ofTotals(of: TotalsTable, filter: StatisticsFilter): string[] {
  if ('session_id' in of.key) {
    const around = filter.session === undefined ? [] : [AROUND_SESSION];
    return [...ofSession(filter, 'session_id'), ...around];
  }
  return filter.projectIds ? [`project_id IN (${PROJECTS})`] : ['true'];
}

function countedRows(
  of: TotalsTable,
  filter: StatisticsFilter,
  since: number | undefined,
  until: number | undefined,
): string {
  const values = [...Object.entries(of.key), ...Object.entries(of.sums)].map(
    ([column, sql]) => `${sql.replaceAll('#', 'item')} AS ${column}`,
  );
  const isOfProject = 'project_id' in of.key && filter.projectIds !== undefined;
  const part = { ...filter, since, until, ...(isOfProject ? { projectIds: undefined } : {}) };
  const where = [
    of.counts.replaceAll('#', 'item'),
    rowsWhere(part),
    ...(isOfProject ? [`+item.project_id IN (${PROJECTS})`] : []),
  ];
  return `SELECT ${values.join(', ')} FROM ${of.table} AS item WHERE ${where.join(' AND ')}`;
}

function itemWhere(filter: StatisticsFilter, isBySession: boolean): string {
  const { since, until } = filter;
  return [
    ...ofSession(filter, isBySession ? 'item.session_id' : '+item.session_id'),
    ...inTime(isBySession ? '+item.at' : 'item.at', since, until),
  ].join(' AND ');
}

const PROJECTS = 'SELECT value FROM json_each(@projects)';

/**
 * The slots of a session, and a day around them: transcripts may tell of what came before its first or after its last
 * event. Of a session that only the library names, nothing is known.
 */
const AROUND_SESSION = `slot BETWEEN
  coalesce((SELECT started_at / ${SLOT_MS} - 96 FROM sessions WHERE id = @session), 0)
  AND coalesce((SELECT last_event_at / ${SLOT_MS} + 96 FROM sessions WHERE id = @session), 1e12)`;

/** As a range, which costs less than GLOB: a dot comes after a dash. */
function isNoTest(column: string): string {
  const [first, end] = [TEST_SESSION_PREFIX, TEST_SESSION_PREFIX.replace(/-$/, '.')];
  return `(${column} < '${first}' OR ${column} >= '${end}')`;
}

function ofSession({ session, projectIds }: StatisticsFilter, column: string): string[] {
  return [
    session === undefined ? isNoTest(column) : `${column} = @session`,
    ...(projectIds
      ? [`${column} IN (SELECT id FROM sessions WHERE project_id IN (${PROJECTS}))`]
      : []),
  ];
}

/** Times are numbers of this program's: they may stand in the SQL. */
function inTime(column: string, since: number | undefined, until: number | undefined): string[] {
  return [
    ...(since === undefined ? [] : [`${column} >= ${since}`]),
    ...(until === undefined ? [] : [`${column} < ${until}`]),
  ];
}

function columnsOf({ key, sums }: TotalsTable): string[] {
  return [...Object.keys(key), ...Object.keys(sums)];
}
