import type { Database } from '../../database/database.ts';
import { listPatterns } from '../patterns.ts';
import type { ListedPattern } from '../patterns.ts';
import { durationsOf } from './durations.ts';
import { failureCause } from './failure-cause.ts';
import { FigureGroups, figuresOf, KNOWN, KNOWN_OF_ALL, noSums } from './figure-groups.ts';
import type { Figures } from './figure-groups.ts';
import { keyNamer, keyOf } from './group-key.ts';
import type { RawKey, StatisticsKey } from './group-key.ts';
import { reworkOf } from './rework.ts';
import type { Rework } from './rework.ts';
import { standingLines } from './standing.ts';
import { addedTokens, costOf, NO_TOKENS } from './tokens.ts';
import type { Price, Tokens } from './tokens.ts';
import { filterValues, rowsWhere, totalsSource } from './totals-source.ts';
import type { StatisticsFilter } from './totals-source.ts';

/** The numbers of all that has a key in common. */
export interface StatisticsGroup extends Figures {
  /** A day as 2026-11-01, a project's root, a name, a path; null where it is not known. */
  readonly key: string | null;
}

/** Calls that did not succeed for one reason. */
export interface Failure {
  readonly cause: string;
  readonly calls: number;
}

/** A command of a shell by how often it failed. */
export interface FailedCommand {
  /** Its beginning, in one line; without a `cd` before it. */
  readonly command: string;
  readonly calls: number;
}

/** What a model took. */
export interface ModelUse {
  readonly model: string;
  readonly answers: number;
  readonly tokens: Tokens;
  readonly cost: number | null;
}

/** A file by how much was written to it. */
export interface HotFile {
  readonly file: string;
  readonly edits: number;
  readonly lines: number;
}

/** All that `stats` shows. */
export interface Statistics extends Figures {
  readonly sessions: number;
  readonly rework: Rework;
  /** Most frequent first. */
  readonly failures: readonly Failure[];
  /** Most frequent first. */
  readonly failedCommands: readonly FailedCommand[];
  /** Most edited first. */
  readonly files: readonly HotFile[];
  /** Most used first, of those that were used more than once. */
  readonly patterns: readonly ListedPattern[];
  /** Most tokens first. */
  readonly models: readonly ModelUse[];
  /** Days in their order, others with most calls or edits first. */
  readonly groups: readonly StatisticsGroup[];
}

/** What is wanted of the numbers. */
export interface StatisticsOptions {
  /** @default no groups */
  readonly by?: StatisticsKey | undefined;
  readonly prices?: readonly Price[] | undefined;
  /** The most rows of each list but the groups. @default 10 */
  readonly most?: number | undefined;
}

/** The numbers of what Claude did: every part of the program that shows them takes them from here. */
export function statisticsOf(
  database: Database,
  filter: StatisticsFilter,
  { by, prices = [], most = MOST }: StatisticsOptions = {},
): Statistics {
  return database.transaction(() => {
    const { groups, models, durations } = summed(database, filter, { by, prices });
    const files = filesOf(database, filter, by === 'file' ? -1 : most);
    if (by === 'file') {
      for (const { file, edits, lines } of files)
        groups.addToGroup(file, { edits, linesWritten: lines });
    }
    const standing = standingLines(database, filter);
    const projects = by === 'project' ? projectIds(database) : undefined;
    const standingOf = (key: string | null): number | null => {
      if (by === 'file') return standing?.of({ file: key ?? '' }) ?? null;
      if (projects) return standing?.of({ projectId: projects.get(key ?? '') ?? null }) ?? null;
      return null;
    };
    return {
      ...figuresOf(groups.sum, KNOWN_OF_ALL),
      ...durations.all,
      linesStanding: standing?.lines ?? null,
      sessions: sessionsOf(database, filter),
      rework: reworkOf(database, filter),
      ...failuresOf(database, filter, most),
      files: files.slice(0, most),
      patterns: reusedPatterns(database, filter, most),
      models,
      groups:
        by === undefined
          ? []
          : groupsIn({ groups, durations }, by).map((group) => ({
              ...group,
              linesStanding: standingOf(group.key),
            })),
    };
  })();
}

/** The groups of a key alone. It is not looked up which of their lines stand, nor what belongs to all together. */
export function statisticsGroups(
  database: Database,
  filter: StatisticsFilter,
  { by, prices = [] }: { readonly by: Exclude<StatisticsKey, 'file'> } & StatisticsOptions,
): StatisticsGroup[] {
  return database.transaction(() =>
    groupsIn(summed(database, filter, { by, prices }), by).map((group) => ({
      ...group,
      linesStanding: null,
    })),
  )();
}

/** The numbers where nothing was recorded. */
export const NO_STATISTICS: Statistics = {
  ...figuresOf(noSums(), KNOWN_OF_ALL),
  p50Ms: null,
  p95Ms: null,
  linesStanding: 0,
  sessions: 0,
  rework: { edits: 0, reworked: 0 },
  failures: [],
  failedCommands: [],
  files: [],
  patterns: [],
  models: [],
  groups: [],
};

/** How many rows of a list are shown. */
export const MOST = 10;

// --- internal ---

/** Failures that are looked at for their causes, the newest. */
const MOST_FAILURES = 10_000;

/** The tools whose summary is a command. */
const SHELLS: ReadonlySet<string> = new Set(['Bash', 'PowerShell']);

type Key = StatisticsKey | undefined;

/** What is added up by a key, and all together. */
function summed(
  database: Database,
  filter: StatisticsFilter,
  { by, prices }: { readonly by: Key; readonly prices: readonly Price[] },
) {
  const groups = new FigureGroups(keyNamer(database, by));
  addCalls(database, filter, by, groups);
  addCode(database, filter, by, groups);
  const models = addUsage(database, filter, { by, prices }, groups);
  return { groups, models, durations: durationsOf(database, filter, by, groups.nameOf) };
}

function groupsIn(
  { groups, durations }: Pick<ReturnType<typeof summed>, 'groups' | 'durations'>,
  by: StatisticsKey,
) {
  const isTimed = keyOf(by, 'tool_name') !== undefined;
  return groups.sorted(by).map(([key, sums]) => ({
    key,
    ...figuresOf(sums, KNOWN[by]),
    ...(isTimed ? durations.of(key) : { p50Ms: null, p95Ms: null }),
  }));
}

function addCalls(
  database: Database,
  filter: StatisticsFilter,
  by: Key,
  groups: FigureGroups,
): void {
  const rows = database
    .prepare<
      [Record<string, string>],
      { key: RawKey; calls: number; ok: number; linesAdded: number; linesRemoved: number }
    >(
      `SELECT ${keyOf(by, 'tool_name') ?? "''"} AS key, sum(calls) AS calls,
         coalesce(sum(calls) FILTER (WHERE outcome = 'ok'), 0) AS ok,
         sum(lines_added) AS linesAdded, sum(lines_removed) AS linesRemoved
       FROM (${totalsSource('call_totals', filter)}) part GROUP BY 1`,
    )
    .all(filterValues(filter));
  for (const { key, ...sums } of rows) groups.add(isKeyed(by, 'tool_name') ? key : undefined, sums);
}

function addCode(
  database: Database,
  filter: StatisticsFilter,
  by: Key,
  groups: FigureGroups,
): void {
  const rows = database
    .prepare<[Record<string, string>], { key: RawKey; edits: number; linesWritten: number }>(
      `SELECT ${keyOf(by, 'language') ?? "''"} AS key, sum(edits) AS edits, sum(lines) AS linesWritten
       FROM (${totalsSource('code_totals', filter)}) part GROUP BY 1`,
    )
    .all(filterValues(filter));
  for (const { key, ...sums } of rows) groups.add(isKeyed(by, 'language') ? key : undefined, sums);
}

function addUsage(
  database: Database,
  filter: StatisticsFilter,
  { by, prices }: { readonly by: Key; readonly prices: readonly Price[] },
  groups: FigureGroups,
): ModelUse[] {
  const rows = database
    .prepare<[Record<string, string>], Tokens & { key: RawKey; model: string; answers: number }>(
      `SELECT ${keyOf(by, 'model') ?? "''"} AS key, model, sum(answers) AS answers,
         sum(input_tokens) AS input, sum(cache_creation_tokens) AS cacheCreation,
         sum(cache_read_tokens) AS cacheRead, sum(output_tokens) AS output
       FROM (${totalsSource('usage_totals', filter)}) part GROUP BY 1, 2`,
    )
    .all(filterValues(filter));
  const models = new Map<string, { answers: number; tokens: Tokens }>();
  for (const { key, model, answers, ...tokens } of rows) {
    groups.add(isKeyed(by, 'model') ? key : undefined, {
      tokens,
      cost: costOf(model, tokens, prices),
    });
    const known = models.get(model) ?? { answers: 0, tokens: NO_TOKENS };
    models.set(model, {
      answers: known.answers + answers,
      tokens: addedTokens(known.tokens, tokens),
    });
  }
  const size = ({ tokens }: { readonly tokens: Tokens }) =>
    tokens.input + tokens.output + tokens.cacheCreation + tokens.cacheRead;
  return [...models]
    .map(([model, of]) => ({ model, ...of, cost: costOf(model, of.tokens, prices) }))
    .toSorted((one, other) => size(other) - size(one));
}

function isKeyed(by: Key, named: 'tool_name' | 'language' | 'model'): boolean {
  return by !== undefined && keyOf(by, named) !== undefined;
}

function filesOf(database: Database, filter: StatisticsFilter, limit: number): HotFile[] {
  return database
    .prepare<[Record<string, string | number>], HotFile>(
      `SELECT file_path AS file, sum(edits) AS edits, sum(lines) AS lines
       FROM (${totalsSource('file_totals', filter)}) GROUP BY file_path
       ORDER BY edits DESC, lines DESC, file_path LIMIT @limit`,
    )
    .all({ ...filterValues(filter), limit });
}

interface FailedCall {
  readonly outcome: string;
  readonly error: string | null;
  readonly toolName: string;
  readonly summary: string;
}

function failuresOf(
  database: Database,
  filter: StatisticsFilter,
  most: number,
): Pick<Statistics, 'failures' | 'failedCommands'> {
  const rows = database
    .prepare<[Record<string, string>], FailedCall>(
      `SELECT item.outcome, substr(item.error, 1, 1000) AS error, item.tool_name AS toolName, item.summary
       FROM tool_calls item WHERE item.outcome NOT IN ('ok', 'running') AND ${rowsWhere(filter)}
       ORDER BY item.at DESC LIMIT ${MOST_FAILURES}`,
    )
    .all(filterValues(filter));
  const causes = new Map<string, number>();
  const commands = new Map<string, number>();
  const count = (counts: Map<string, number>, key: string) =>
    counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const { outcome, error, toolName, summary } of rows) {
    count(causes, failureCause(outcome, error));
    const isCommand = outcome === 'failed' && SHELLS.has(toolName);
    if (isCommand) count(commands, summary.replace(/^cd \S+ (?:&&|;) /, ''));
  }
  const sorted = (counts: ReadonlyMap<string, number>) =>
    [...counts]
      .toSorted(([one, many], [other, more]) => more - many || (one < other ? -1 : 1))
      .slice(0, most);
  return {
    failures: sorted(causes).map(([cause, calls]) => ({ cause, calls })),
    failedCommands: sorted(commands).map(([command, calls]) => ({ command, calls })),
  };
}

function sessionsOf(database: Database, filter: StatisticsFilter): number {
  const { since, until, session } = filter;
  if (session !== undefined) return 1;
  const isAll = since === undefined && until === undefined;
  const query = isAll
    ? `SELECT count(*) FROM sessions item WHERE ${rowsWhere(filter).replaceAll('item.session_id', 'item.id')}
         AND EXISTS (SELECT 1 FROM tool_calls WHERE session_id = item.id AND outcome != 'running')`
    : `SELECT count(DISTINCT session_id) FROM (${totalsSource('call_totals', filter)})`;
  return database
    .prepare<[Record<string, string>], number>(query)
    .pluck()
    .get(filterValues(filter)) as number;
}

function reusedPatterns(
  database: Database,
  filter: StatisticsFilter,
  most: number,
): ListedPattern[] {
  return listPatterns(database, { ...filter, sort: 'used', size: 'large', limit: most }).filter(
    ({ uses }) => uses > 1,
  );
}

function projectIds(database: Database): Map<string, number> {
  const rows = database
    .prepare<[], { id: number; root: string }>('SELECT id, root FROM projects')
    .all();
  return new Map(rows.map(({ id, root }) => [root, id]));
}
