import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dateText, startOfDay } from '../../../lib/base/time-text.ts';
import { failureCause } from '../../../lib/store/queries/statistics/failure-cause.ts';
import { STATISTICS_KEYS } from '../../../lib/store/queries/statistics/group-key.ts';
import { statisticsOf } from '../../../lib/store/queries/statistics/statistics.ts';
import { mendInvariants } from '../../../lib/store/maintenance/invariants.ts';
import { verifyDatabase } from '../../../lib/store/maintenance/verify.ts';
import { DAY, HOUR, MINUTE, NOW, Sample } from '../../cli/sample-database.ts';
import { times } from '../../support/depth.ts';

let sample: Sample;
beforeEach(() => (sample = new Sample()));
afterEach(() => sample.remove());

/** A sequence that looks random and is the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const OUTCOMES = ['ok', 'ok', 'ok', 'failed', 'denied', 'running'];
const TOOLS = ['Edit', 'Write', 'Bash'];
const LANGUAGES = ['typescript', 'go'];
const SPAN = 3 * DAY;

/** Two projects, four sessions, and rows of all kinds at times that no slot begins with. */
function fill(next: (below: number) => number, rows: number): void {
  const projects = [sample.project('/w/app', 'app'), sample.project('/w/site', 'site')];
  for (let n = 0; n < 4; n += 1) {
    const at = NOW - SPAN;
    sample.session(`session-${n}`, {
      project_id: projects[n % 2] ?? null,
      started_at: at,
      last_event_at: NOW,
    });
  }
  sample.session('capture-test-1', { project_id: projects[0] ?? null });
  for (let n = 0; n < rows; n += 1) {
    const session = n % 10 === 0 ? 'capture-test-1' : `session-${next(4)}`;
    const at = NOW - 1 - next(SPAN - 2);
    sample.toolCall(session, `toolu_${n}`, {
      at,
      tool_name: TOOLS[next(3)] ?? '',
      outcome: OUTCOMES[next(6)] ?? '',
      duration_ms: next(1_000),
      lines_added: next(2) === 0 ? null : next(20),
      lines_removed: next(5),
    });
    sample.occurrence('p', n.toString(16).padStart(32, '0'), {
      session_id: session,
      at,
      project_id: projects[Number(session.at(-1)) % 2] ?? null,
      file_path: `/w/${next(5)}.ts`,
      language: LANGUAGES[next(2)] ?? '',
      lines_written: next(30),
      authorship: next(4) === 0 ? 'moved' : 'authored',
    });
    sample.database
      .prepare('INSERT INTO message_usage VALUES (?, ?, NULL, ?, ?, 1, 2, 3, 4)')
      .run(`msg_${n}`, session, at, `claude-${next(2)}`);
  }
}

/** The same numbers, each counted from the rows one by one. */
function counted(filter: { since?: number; until?: number; session?: string; project?: string }) {
  const { since = 0, until = 2 ** 52, session, project } = filter;
  const where = `at >= ${since} AND at < ${until} AND session_id NOT LIKE 'capture-test-%'
    ${session ? `AND session_id = '${session}'` : ''}
    ${project ? `AND session_id IN (SELECT s.id FROM sessions s JOIN projects p ON p.id = s.project_id WHERE p.root = '${project}')` : ''}`;
  const one = (sql: string) => sample.database.prepare(sql).get();
  return {
    ...(one(`SELECT count(*) AS calls, coalesce(sum(outcome = 'ok'), 0) AS ok,
      coalesce(sum(lines_added), 0) AS linesAdded FROM tool_calls WHERE outcome != 'running' AND ${where}`) as object),
    ...(one(`SELECT count(*) AS edits, coalesce(sum(lines_written), 0) AS linesWritten FROM occurrences
      WHERE authorship = 'authored' AND ${where}`) as object),
    output: sample.database
      .prepare(`SELECT coalesce(sum(output_tokens), 0) FROM message_usage WHERE ${where}`)
      .pluck()
      .get(),
    file: sample.database
      .prepare(`SELECT file_path AS file, count(*) AS edits, sum(lines_written) AS lines FROM occurrences
        WHERE authorship = 'authored' AND ${where} GROUP BY 1 ORDER BY 2 DESC, 3 DESC, 1`)
      .all(),
  };
}

function told(filter: { since?: number; until?: number; session?: string; project?: string }) {
  const { project, ...others } = filter;
  const ids = sample.database
    .prepare('SELECT id FROM projects WHERE root = ?')
    .pluck()
    .all(project ?? '') as number[];
  const { calls, ok, linesAdded, edits, linesWritten, tokens, files } = statisticsOf(
    sample.database,
    {
      ...others,
      ...(project ? { projectIds: ids } : {}),
    },
  );
  return { calls, ok, linesAdded, edits, linesWritten, output: tokens?.output, file: files };
}

describe('statistics', () => {
  it('are those of the rows, in any time, session and project', () => {
    const next = numbers(7);
    fill(next, 300);
    expect(counted({})).toMatchObject({
      edits: expect.toSatisfy((edits: number) => edits > 150) as unknown,
    });
    for (let n = 0; n < times(40, 400); n += 1) {
      const [one, other] = [NOW - next(SPAN), NOW - next(n % 2 === 0 ? SPAN : HOUR)];
      const filter = {
        ...(n % 5 === 0 ? {} : { since: Math.min(one, other) }),
        ...(n % 3 === 0 ? {} : { until: Math.max(one, other) }),
        ...(n % 4 === 1 ? { session: `session-${next(4)}` } : {}),
        ...(n % 4 === 2 ? { project: '/w/site' } : {}),
      };
      expect(told(filter), JSON.stringify(filter)).toEqual(counted(filter));
    }
  });

  it('count code of a session of which nothing else is known', () => {
    sample.occurrence('p', '1'.repeat(32), { session_id: 'declared', lines_written: 4 });
    expect(told({ session: 'declared' })).toMatchObject({ edits: 1, linesWritten: 4 });
  });

  it('of the groups of a key add up to those of all', () => {
    fill(numbers(11), 200);
    for (const by of STATISTICS_KEYS) {
      const { groups, calls, edits, tokens } = statisticsOf(sample.database, {}, { by });
      const sum = (of: (group: (typeof groups)[number]) => number | null | undefined) =>
        groups.every((group) => (of(group) ?? null) === null)
          ? null
          : groups.reduce((total, group) => total + (of(group) ?? 0), 0);
      expect([null, calls], by).toContain(sum((group) => group.calls));
      expect([null, edits], by).toContain(sum((group) => group.edits));
      expect([null, tokens?.output], by).toContain(sum((group) => group.tokens?.output));
      expect(groups.length, by).toBeGreaterThan(0);
    }
  });

  it('stay those of the rows when rows are changed, moved and deleted, and nothing is left of the last one', () => {
    const next = numbers(13);
    fill(next, 200);
    const { database } = sample;
    database.exec(
      `
      UPDATE tool_calls SET outcome = 'failed' WHERE CAST(substr(tool_use_id, 7) AS INTEGER) % 3 = 0`,
    );
    database.exec(
      `UPDATE tool_calls SET at = at + ${HOUR}, lines_added = 5 WHERE tool_name = 'Bash'`,
    );
    database.exec("UPDATE occurrences SET file_path = '/w/secret' WHERE file_path = '/w/1.ts'");
    database.exec(
      "UPDATE occurrences SET authorship = 'authored', lines_written = 2 WHERE authorship = 'moved' AND ordinal = 0",
    );
    database.exec("UPDATE message_usage SET output_tokens = 99 WHERE model = 'claude-1'");
    database.exec("DELETE FROM tool_calls WHERE session_id = 'session-1'");
    database.exec("DELETE FROM occurrences WHERE file_path = '/w/secret'");
    database.exec("DELETE FROM message_usage WHERE session_id = 'session-2'");
    expect(told({})).toEqual(counted({}));
    const left = database
      .prepare("SELECT count(*) FROM file_totals WHERE file_path = '/w/secret'")
      .pluck()
      .get();
    expect(left).toBe(0);
    for (const table of ['tool_calls', 'occurrences', 'message_usage'])
      database.exec(`DELETE FROM ${table}`);
    for (const table of ['call_totals', 'code_totals', 'file_totals', 'usage_totals']) {
      expect(database.prepare(`SELECT count(*) FROM ${table}`).pluck().get(), table).toBe(0);
    }
  });

  it.each(['UTC', 'Asia/Kathmandu', 'America/New_York', 'Australia/Lord_Howe'])(
    'by day are those of the days in %s, also where clocks change',
    (zone) => {
      vi.stubEnv('TZ', zone);
      try {
        const next = numbers(19);
        sample.session('s');
        const counts = new Map<string, number>();
        for (let n = 0; n < 400; n += 1) {
          // Half of them around a midnight.
          const any = NOW - next(500) * DAY;
          const at = n % 2 === 0 ? any - next(DAY) : startOfDay(any) - HOUR + next(2 * HOUR);
          sample.toolCall('s', `toolu_${n}`, { at });
          counts.set(dateText(at), (counts.get(dateText(at)) ?? 0) + 1);
        }
        const { groups } = statisticsOf(sample.database, {}, { by: 'day' });
        expect(groups.map(({ key, calls }) => [key, calls])).toEqual(
          [...counts].toSorted(([one], [other]) => (one < other ? -1 : 1)),
        );
      } finally {
        vi.unstubAllEnvs();
      }
    },
  );

  it('that are damaged are found by verify, and mended', () => {
    fill(numbers(17), 30);
    const { database } = sample;
    database.exec("UPDATE code_totals SET edits = edits + 1 WHERE language = 'go'");
    const faults = () => {
      return verifyDatabase(sample.paths.database).findings.filter(
        ({ table }) => table === 'code_totals',
      );
    };
    database.pragma('wal_checkpoint(TRUNCATE)');
    expect(faults().length).toBe(1);
    mendInvariants(database);
    database.pragma('wal_checkpoint(TRUNCATE)');
    expect(faults()).toEqual([]);
    expect(told({})).toEqual(counted({}));
  });

  it('tell percentiles, failures by cause, rework within the hour, and what tokens cost', () => {
    sample.session('s', { project_id: sample.project('/w/app', 'app') });
    for (let n = 1; n <= 100; n += 1) sample.toolCall('s', `toolu_${n}`, { duration_ms: n });
    const fail = (id: string, error: string, row = {}) => {
      sample.toolCall('s', id, { outcome: 'failed', error, ...row });
    };
    const bash = (summary: string) => ({ tool_name: 'Bash', summary });
    fail('f1', 'Exit code 1\nno such file', bash('npm test'));
    fail('f2', 'Exit code 1\nsomething else', bash('cd /w/app && npm test'));
    sample.toolCall('s', 'd2', { outcome: 'denied', ...bash('rm -rf /') });
    fail('f3', 'File /w/app/a.ts has not been read yet.');
    sample.toolCall('s', 'd1', { outcome: 'denied' });
    const event = (n: number) => String(n).repeat(32);
    for (const [n, at] of [
      [1, NOW - 2 * HOUR],
      [2, NOW - 30 * MINUTE],
      [3, NOW - MINUTE],
    ] as const) {
      sample.occurrence('p', event(n), { session_id: 's', at, lines_written: 1 });
    }
    const replaces = sample.database.prepare(
      'INSERT INTO occurrence_parents VALUES (?, 0, 0, ?, 0, 1)',
    );
    replaces.run(event(2), event(1)); // after an hour and a half
    replaces.run(event(3), event(2));
    sample.database
      .prepare(
        "INSERT INTO message_usage VALUES ('m', 's', NULL, ?, 'claude-opus-4', 1000000, 0, 2000000, 500000)",
      )
      .run(NOW);
    const prices = [{ model: 'claude-opus-*', input: 4, output: 20, cache_read: 0.5 }];
    expect(statisticsOf(sample.database, {}, { prices })).toMatchObject({
      p50Ms: 50,
      p95Ms: 95,
      failures: [
        { cause: 'denied', calls: 2 },
        { cause: 'exit code 1', calls: 2 },
        { cause: 'File … has not been read yet.', calls: 1 },
      ],
      failedCommands: [{ command: 'npm test', calls: 2 }],
      rework: { edits: 3, reworked: 1 },
      cost: 4 + 10 + 1,
    });
    expect(statisticsOf(sample.database, {}).cost).toBeNull();
  });
});

it.each([
  ['failed', 'Error: Exit code 127\nsh: foo', 'exit code 127'],
  [
    'failed',
    '<tool_use_error>String to replace not found in file.\nString: x</tool_use_error>',
    'String to replace not found in file.',
  ],
  ['failed', 'Command timed out after 2m 0.0s', 'Command timed out after …m …s'],
  ['failed', null, 'not told'],
  ['interrupted', 'whatever', 'interrupted'],
])('a call that %s with %j did so because of: %s', (outcome, error, cause) => {
  expect(failureCause(outcome, error)).toBe(cause);
});
