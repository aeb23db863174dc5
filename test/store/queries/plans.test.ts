// The plans that SQLite makes for the queries of lists: none may read a whole table of a large database.
import { afterAll, describe, expect, it } from 'vitest';
import type { Database } from '../../../lib/store/database/database.ts';
import { Conditions } from '../../../lib/store/queries/conditions.ts';
import { fileLog } from '../../../lib/store/queries/history/file-log.ts';
import { sessionFiles } from '../../../lib/store/queries/history/session-files.ts';
import { listingOf } from '../../../lib/store/queries/listing.ts';
import { changeOf } from '../../../lib/store/queries/pattern-change.ts';
import {
  allFiles,
  countPatterns,
  listPatterns,
  patternById,
} from '../../../lib/store/queries/patterns.ts';
import type { PatternFilter } from '../../../lib/store/queries/patterns.ts';
import { sessionTimeline } from '../../../lib/store/queries/session/session-timeline.ts';
import { countSessions, lastSession, listSessions } from '../../../lib/store/queries/sessions.ts';
import { countToolCalls, listToolCalls } from '../../../lib/store/queries/tool-calls.ts';
import { workSince } from '../../../lib/store/queries/work.ts';
import { ToolCallWriter } from '../../../lib/store/writers/tool-call-writer.ts';
import { fillSample, NOW, Sample } from '../../cli/sample-database.ts';

/** One of the sample. */
const SESSION = '3f2a9c10-1111-4111-8111-111111111111';

const sample = new Sample();
fillSample(sample);
afterAll(() => sample.remove());

/** The steps of every query that `read` runs. */
function plansOf(read: (database: Database) => unknown): string[] {
  const { database } = sample;
  const steps: string[] = [];
  read(
    new Proxy(database, {
      get(target, key) {
        if (key !== 'prepare') return Reflect.get(target, key) as unknown;
        return (sql: string) => {
          const named = [...new Set(sql.match(/@\w+/g) ?? [])].map((name) => [name.slice(1), 1]);
          const unnamed = (sql.match(/\?/g) ?? []).map(() => 1);
          const plan = target.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`);
          const rows =
            named.length > 0 ? plan.all(Object.fromEntries(named)) : plan.all(...unnamed);
          steps.push(...rows.map(({ detail }) => detail));
          return target.prepare(sql);
        };
      },
    }),
  );
  return steps;
}

/** Steps that read a whole table, without an index that tells where to end. */
const scans = (steps: readonly string[]) =>
  steps.filter((step) =>
    /^SCAN (?:p|o|x|e|s|call|events|occurrences|patterns|tool_calls)\b(?!.*USING)/.test(step),
  );

const patterns = { rows: listPatterns, count: countPatterns };
const base: PatternFilter = { sort: 'recent', limit: 20 };

describe('no table is read as a whole', () => {
  it.each<[string, (database: Database) => unknown]>([
    ['patterns', (database) => listingOf(database, { ...base, limit: 1 }, patterns)],
    ['patterns by use', (database) => listPatterns(database, { ...base, sort: 'used' })],
    ['patterns since', (database) => listPatterns(database, { ...base, since: NOW })],
    ['the count of a language', (database) => countPatterns(database, { ...base, language: 'go' })],
    [
      'the count of what is small',
      (database) => countPatterns(database, { ...base, size: 'small' }),
    ],
    ['files', allFiles],
    ['sessions', (database) => listSessions(database, { limit: 20 })],
    ['the count of sessions', (database) => countSessions(database, { limit: 20, since: NOW })],
    ['tool calls', (database) => listToolCalls(database, { limit: 20 })],
    [
      'tool calls of a session',
      (database) => countToolCalls(database, { limit: 1, session: '3f' }),
    ],
    [
      'tool calls of a project',
      (database) => listToolCalls(database, { limit: 1, projectIds: [1] }),
    ],
    ['tool calls by tool', (database) => listToolCalls(database, { limit: 1, tool: 'Edit' })],
    [
      'tool calls by outcome',
      (database) => listToolCalls(database, { limit: 1, outcome: 'denied' }),
    ],
    ['the work of a day', (database) => workSince(database, NOW)],
  ])('for %s', (_, read) => {
    const steps = plansOf(read);
    expect(steps.length).toBeGreaterThan(0);
    expect(scans(steps)).toEqual([]);
    expect(steps).not.toContain('USE TEMP B-TREE FOR ORDER BY');
  });

  // What is sorted are the rows of one session, or of one place.
  it.each<[string, (database: Database) => unknown]>([
    ['a session', (database) => sessionTimeline(database, SESSION, { limit: 20, withDiffs: true })],
    ['what a session changed', (database) => sessionFiles(database, SESSION)],
    ['the last session', (database) => lastSession(database, [1])],
    [
      'what was done to a file',
      (database) => fileLog(database, { path: '/w/app/a.ts', limit: 20 }),
    ],
    ['what was done in a folder', (database) => fileLog(database, { path: '/w', limit: 20 })],
  ])('for %s', (_, read) => {
    const steps = plansOf(read);
    expect(steps.length).toBeGreaterThan(0);
    expect(scans(steps)).toEqual([]);
  });

  it.each([
    ['a file', { files: ['/w/a.ts'] }, 'occurrences_by_file (file_path=?)'],
    ['a session', { session: '3f' }, 'occurrences_by_session (session_id=?)'],
    ['a project', { projectIds: [1] }, 'occurrences_by_project (project_id=?)'],
  ])('for the patterns of %s, which an index finds', (_, filter, index) => {
    const steps = plansOf((database) => listPatterns(database, { ...base, ...filter }));
    expect(steps.some((step) => step.includes(index))).toBe(true);
    expect(steps.some((step) => /^SEARCH p USING INDEX .*\(id=\?\)/.test(step))).toBe(true);
  });
});

it('finds the calls of a session that still run by their index, whatever else it has', () => {
  const steps = plansOf((database) => new ToolCallWriter(database));
  const closing = steps.filter((step) => step.includes('tool_calls_running (session_id=?)'));
  expect(closing).toHaveLength(2);
});

it.each<[string, (database: Database) => unknown, RegExp]>([
  [
    'patterns by time',
    (database) => listPatterns(database, { ...base, language: 'go' }),
    /^SCAN p USING COVERING INDEX patterns_by_last_seen$/,
  ],
  [
    'patterns by use',
    (database) => listPatterns(database, { ...base, language: 'go', sort: 'used' }),
    /^SCAN p USING COVERING INDEX patterns_by_use$/,
  ],
  [
    'the patterns of a session',
    (database) => listPatterns(database, { ...base, session: '3f' }),
    /^SEARCH x USING COVERING INDEX occurrences_by_session/,
  ],
  [
    'the patterns of a file',
    (database) => listPatterns(database, { ...base, files: ['/w/a.ts'], since: NOW }),
    /^SEARCH x USING COVERING INDEX occurrences_by_file/,
  ],
  [
    'the patterns of a project',
    (database) => countPatterns(database, { ...base, projectIds: [1, 2], until: NOW }),
    /^SEARCH x USING COVERING INDEX occurrences_by_project/,
  ],
  [
    'tool calls',
    (database) =>
      countToolCalls(database, { limit: 1, projectIds: [1], tool: 'Edit', outcome: 'ok' }),
    /^SCAN call USING COVERING INDEX tool_calls_by_time/,
  ],
])('chooses %s by an index alone', (_, read, step) => {
  const steps = plansOf(read);
  expect(steps.filter((one) => step.test(one))).not.toEqual([]);
});

it('finds what a pattern changed by indexes', () => {
  const pattern = patternById(sample.database, '7c1e09ab44d2f310');
  const steps = plansOf((database) => pattern && changeOf(database, pattern));
  expect(steps.length).toBeGreaterThan(0);
  expect(scans(steps)).toEqual([]);
});

it('finds the first prompt of a session by an index', () => {
  const steps = plansOf((database) => listSessions(database, { limit: 20 }));
  expect(steps.some((step) => step.includes('INDEX events_prompts (session_id=?)'))).toBe(true);
});

it('serves the beginning of an id by an index', () => {
  const where = new Conditions().addPrefix('id', 'prefix', 'ab');
  const plan = plansOf((database) =>
    database.prepare(`SELECT id FROM patterns ${where.sql()}`).all({ prefix: 'ab' }),
  );
  expect(plan.join('\n')).toMatch(/INDEX sqlite_autoindex_patterns_1 \(id>\? AND id<\?\)/);
});
