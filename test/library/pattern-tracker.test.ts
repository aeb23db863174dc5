import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TrackerError } from '../../lib/base/errors.ts';
import { openDatabase } from '../../lib/store/database/database.ts';
import { lineageEventSchema } from '../../lib/lineage-api/lineage-event.ts';
import { PatternTracker } from '../../lib/library/pattern-tracker.ts';
import { LibraryHome } from './library-home.ts';

const SERVER = 'http://127.0.0.1:9'; // never asked here
let home: LibraryHome;
beforeEach(() => {
  home = new LibraryHome();
});
afterEach(() => home.remove());

const creation = (code: string, filePath = '/test/a.py') => ({ code, context: { filePath } });

describe('trackPatternCreation', () => {
  it('resolves with the id of the code, which is on the disk by then', async () => {
    const tracker = home.tracker();
    expect(await tracker.trackPatternCreation(creation('def a(): pass'))).toBe('d44d6e7a1df36589');
    expect(home.rows('SELECT id, name, code, language, generation FROM patterns')).toEqual([
      {
        id: 'd44d6e7a1df36589',
        name: 'a.py',
        code: 'def a(): pass',
        language: 'python',
        generation: 1,
      },
    ]);
    expect(home.rows('SELECT action, file_path, at FROM occurrences')).toEqual([
      { action: 'created', file_path: '/test/a.py', at: home.now },
    ]);
    expect(home.outbox).toEqual([]); // no server is configured
  });

  it('puts the event into the outbox when a server is configured', async () => {
    const tracker = home.tracker({ baseUrl: SERVER });
    const id = await tracker.trackPatternCreation({
      code: 'def a(): pass',
      context: {
        file_path: '/test/a.py',
        session_id: 's-1',
        tool_name: 'Write',
        reason: 'asked for',
        start_line: 3,
        quality_score: 0.9,
      },
    });
    const [event] = home.outbox;
    expect(lineageEventSchema.parse(event)).toMatchObject({
      event_type: 'pattern_created',
      pattern_id: id,
      pattern_name: 'a.py',
      tool_name: 'Write',
      file_path: '/test/a.py',
      language: 'python',
      reason: 'asked for',
      triggered_by: 'library',
      pattern_data: {
        event_id: event?.event_id,
        code: 'def a(): pass',
        session_id: 's-1',
        start_line: 3,
        quality_score: 0.9,
        machine: 'test-machine',
        occurred_at: '2026-11-24T12:00:00.000Z',
      },
    });
    expect(home.rows('SELECT sink, session_id, lineage_id FROM outbox')).toEqual([
      { sink: 'http', session_id: 's-1', lineage_id: id },
    ]);
  });

  it('takes code that is known for an application of it', async () => {
    const tracker = home.tracker({ baseUrl: SERVER });
    await tracker.trackPatternCreation(creation('def a(): pass'));
    await tracker.trackPatternCreation(creation('  def a(): pass\n', '/test/b.py'));
    expect(home.outbox.map(({ event_type }) => event_type)).toEqual([
      'pattern_created',
      'pattern_applied',
    ]);
    expect(home.value('SELECT occurrences FROM patterns')).toBe(2);
  });

  it('lets no secret through, neither in the code nor in the context', async () => {
    const secret = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';
    const tracker = home.tracker({ baseUrl: SERVER });
    await tracker.trackPatternCreation({
      code: `token = "${secret}"`,
      context: {
        filePath: '/a.py',
        reason: secret,
        note: { deep: [secret] },
        password: 'hunter22',
      },
    });
    const stored = JSON.stringify([
      home.rows('SELECT * FROM patterns'),
      home.rows('SELECT * FROM occurrences'),
      home.rows('SELECT * FROM outbox'),
    ]);
    expect(stored).not.toContain(secret);
    expect(stored).not.toContain('hunter22');
    expect(stored).toContain('[redacted:');
  });

  it('stores and sends no secret in what a caller names: session, tool, call, language, folder', async () => {
    const tracker = home.tracker({ baseUrl: SERVER });
    const secret = `ghp_${'A1b2C3d4E5f6'.repeat(3)}`;
    await tracker.trackPatternCreation({
      code: 'def a(): pass',
      context: {
        filePath: `/${secret}/a.py`,
        sessionId: secret,
        toolName: secret,
        toolUseId: secret,
        language: secret,
        cwd: `/${secret}`,
      },
    });
    const tables = ['patterns', 'occurrences', 'outbox', 'projects', 'sessions', 'tool_calls'];
    const stored = JSON.stringify(tables.map((table) => home.rows(`SELECT * FROM ${table}`)));
    expect(stored).not.toContain(secret);
    expect(home.outbox[0]).toMatchObject({ tool_name: expect.stringContaining('[redacted:') });
  });

  it('writes nothing while tracking is switched off, and still tells the id', async () => {
    const env = { PATTERN_TRACKING_ENABLED: 'false' };
    const tracker = home.tracker({ env, baseUrl: SERVER });
    expect(await tracker.trackPatternCreation(creation('def a(): pass'))).toBe('d44d6e7a1df36589');
    expect(home.value('SELECT count(*) FROM patterns')).toBe(0);
    expect(home.outbox).toEqual([]);
  });

  it('goes by patterns.id_scheme', async () => {
    const tracker = home.tracker({ config: { patterns: { id_scheme: 'path200' } } });
    const id = await tracker.trackPatternCreation(creation('export const a = 1;\n', 'src/a.ts'));
    expect(id).toBe('0ae981458b06a19c');
  });

  it('notes the project that cwd lies in', async () => {
    const tracker = home.tracker();
    const context = { filePath: '/a.py', cwd: home.folder };
    await tracker.trackPatternCreation({ code: 'def a(): pass', context });
    expect(
      home.value('SELECT root FROM projects JOIN occurrences ON project_id = projects.id'),
    ).toBe(home.folder);
  });

  it('sends what was recorded before the server was configured, parents first', async () => {
    const local = home.tracker();
    const a = await local.trackPatternCreation(creation('a = 1'));
    const b = await local.trackPatternModification({ ...creation('a = 2'), parentId: a });
    const tracker = home.tracker({ baseUrl: SERVER });
    const c = await tracker.trackPatternModification({ ...creation('a = 3'), parentId: b });
    await tracker.trackPatternApplication({ patternId: a });
    expect(home.outbox.map((event) => [event.event_type, event.pattern_id])).toEqual([
      ['pattern_created', a],
      ['pattern_modified', b],
      ['pattern_modified', c],
      ['pattern_applied', a],
    ]);
  });
});

describe('lineage', () => {
  it('follows modification, merge and fork', async () => {
    const tracker = home.tracker({ baseUrl: SERVER });
    const a = await tracker.trackPatternCreation(creation('a = 1'));
    const b = await tracker.trackPatternCreation(creation('b = 1'));
    const context = { filePath: '/test/a.py', transformationType: 'bugfix' as const };
    const a2 = await tracker.trackPatternModification({ code: 'a = 2', parentId: a, context });
    const merged = await tracker.trackPatternMerge({
      ...creation('a = b'),
      parentIds: [b, a2, b],
    });
    const fork = await tracker.trackPatternFork({ ...creation('a = c'), parentId: merged });

    expect(
      home.rows('SELECT child_id, parent_id, edge_type FROM lineage_edges ORDER BY 1, 2'),
    ).toEqual(
      [
        { child_id: a2, parent_id: a, edge_type: 'modified_from' },
        { child_id: merged, parent_id: b, edge_type: 'merged_from' },
        { child_id: merged, parent_id: a2, edge_type: 'merged_from' },
        { child_id: fork, parent_id: merged, edge_type: 'derived_from' },
      ].toSorted((x, y) => (x.child_id + x.parent_id < y.child_id + y.parent_id ? -1 : 1)),
    );
    const generation = (id: string) =>
      home.value(`SELECT generation FROM patterns WHERE id = '${id}'`);
    expect([a, b, a2, merged, fork].map(generation)).toEqual([1, 1, 2, 3, 4]);
    // the lineage of a merge is that of its first parent
    expect(home.value(`SELECT lineage_id FROM patterns WHERE id = '${fork}'`)).toBe(b);

    const sent = home.outbox.slice(2).map((event) => lineageEventSchema.parse(event));
    expect(sent).toMatchObject([
      {
        event_type: 'pattern_modified',
        parent_pattern_ids: [a],
        edge_type: 'modified_from',
        transformation_type: 'bugfix',
      },
      { event_type: 'pattern_merged', parent_pattern_ids: [b, a2], edge_type: 'merged_from' },
      { event_type: 'pattern_forked', parent_pattern_ids: [merged], edge_type: 'derived_from' },
    ]);
  });

  it('takes a fork without code of its own for the parent in another place', async () => {
    const tracker = home.tracker({ baseUrl: SERVER });
    const a = await tracker.trackPatternCreation(creation('a = 1'));
    const context = { filePath: '/test/other.py' };
    expect(await tracker.trackPatternFork({ parentId: a, context })).toBe(a);
    expect(home.outbox.at(-1)?.event_type).toBe('pattern_applied');
    expect(home.value('SELECT count(*) FROM lineage_edges')).toBe(0);
  });

  it('takes a modification that changes nothing for an application', async () => {
    const tracker = home.tracker({ baseUrl: SERVER });
    const a = await tracker.trackPatternCreation(creation('a = 1'));
    expect(await tracker.trackPatternModification({ ...creation('a = 1 '), parentId: a })).toBe(a);
    expect(home.outbox.at(-1)?.event_type).toBe('pattern_applied');
  });

  it('keeps a child younger than its parent when the clock is set back', async () => {
    const tracker = home.tracker();
    const a = await tracker.trackPatternCreation(creation('a = 1'));
    home.now -= 3_600_000;
    const b = await tracker.trackPatternModification({ ...creation('a = 2'), parentId: a });
    expect(home.value(`SELECT generation FROM patterns WHERE id = '${b}'`)).toBe(2);
  });

  it('notes an application, with the file it went to, in the language of the pattern', async () => {
    const tracker = home.tracker({ baseUrl: SERVER });
    const a = await tracker.trackPatternCreation(creation('a = 1'));
    const context = { filePath: '/test/README' };
    expect(await tracker.trackPatternApplication({ patternId: a, context })).toBe(a);
    expect(
      home.rows("SELECT file_path, language FROM occurrences WHERE action = 'applied'"),
    ).toEqual([{ file_path: '/test/README', language: 'python' }]);
    expect(home.outbox.at(-1)).toMatchObject({
      event_type: 'pattern_applied',
      pattern_name: 'a.py',
    });
  });

  it('notes a deprecation with its reason, and lists the pattern so', async () => {
    const tracker = home.tracker();
    const sending = home.tracker({ baseUrl: SERVER });
    const a = await tracker.trackPatternCreation(creation('a = 1'));
    expect(await sending.trackPatternDeprecation({ patternId: a, reason: 'too slow' })).toBe(a);
    expect(home.outbox.at(-1)).toMatchObject({
      event_type: 'pattern_deprecated',
      pattern_id: a,
      reason: 'too slow',
    });
    expect(await tracker.queryPatterns()).toMatchObject([{ id: a, isDeprecated: true }]);
    expect(home.value('SELECT count(*) FROM occurrences')).toBe(1);
  });

  it('writes nothing at all of what speaks of an unknown pattern', async () => {
    const tracker = home.tracker({ baseUrl: SERVER });
    const a = await tracker.trackPatternCreation(creation('a = 1'));
    const parentIds = [a, 'ffffffffffffffff'];
    const context = { cwd: home.folder };
    await expect(
      tracker.trackPatternMerge({ code: 'a = 3', parentIds, context }),
    ).rejects.toMatchObject({
      code: 'E_UNKNOWN_PATTERN',
      message: 'there is no pattern ffffffffffffffff here',
    });
    expect(home.value('SELECT count(*) FROM patterns')).toBe(1);
    expect(home.outbox).toHaveLength(1);
  });
});

describe('arguments', () => {
  it.each([
    [undefined, 'its argument must be an object', 'Got nothing.'],
    [{ code: 5 }, '"code" must be a string', 'Got 5.'],
    [{ code: ' \n' }, '"code" must hold more than white space', 'Got an empty string.'],
    [{ cod: 'x' }, 'there is no "cod"', 'Did you mean "code"?'],
    [{ code: 'x', context: [] }, '"context" must be an object', 'Got a list of 0.'],
    [{ code: 'x', context: { file_path: 5 } }, '"context.filePath" must be a string', 'Got 5.'],
    [{ code: 'x', context: { startLine: 0 } }, '"context.startLine" must be at least 1', 'Got 0.'],
    [
      { code: 'x', context: { transformationType: 'refactoring' } },
      '"context.transformationType" must be one of refactor, enhancement, bugfix, merge, optimization, simplification',
      'Got a string.',
    ],
  ])('refuses %j', async (given, what, hint) => {
    const refused = home.tracker().trackPatternCreation(given as never);
    await expect(refused).rejects.toThrow(TrackerError);
    await expect(refused).rejects.toMatchObject({
      code: 'E_ARGUMENT',
      message: `trackPatternCreation: ${what}`,
      hint,
    });
  });

  it('refuses a context that JSON can not hold', async () => {
    const context = { size: 5n };
    await expect(home.tracker().trackPatternCreation({ code: 'x', context })).rejects.toThrow(
      '"context" must hold only what JSON can represent: no cycles, no bigints',
    );
  });

  it.each([
    ['trackPatternModification', { code: 'x' }, '"parentId" must be the id of a pattern, a string'],
    ['trackPatternMerge', { code: 'x', parentIds: ['a', 'a'] }, '"parentIds" must hold at least 2'],
    ['trackPatternFork', { code: 'x', parentId: '' }, '"parentId" must not be empty'],
    ['trackPatternApplication', {}, '"patternId" must be the id of a pattern, a string'],
    ['trackPatternDeprecation', { patternId: 'a', reason: 5 }, '"reason" must be a string'],
    ['queryPatterns', { limit: 0 }, '"limit" must be a whole number from 1 to 1000'],
    ['getLineage', 5, 'its argument must be the id of a pattern, a string'],
  ] as const)('%s refuses %j', async (method, given, what) => {
    const call = home.tracker()[method] as (given: unknown) => Promise<unknown>;
    const refused = call.call(home.tracker(), given);
    await expect(refused).rejects.toMatchObject({ code: 'E_ARGUMENT' });
    await expect(refused).rejects.toThrow(`${method}: ${what}`);
  });

  it.each([
    [{ timeout: 0 }, '"timeout" must be a number of seconds, above 0 and at most 600'],
    [{ baseUrl: 'ftp://host' }, '"baseUrl" must be a URL that begins with http:// or https://'],
    [{ home: '' }, '"home" must not be empty'],
    [{ baseURL: 'http://host' }, 'there is no "baseURL"'],
    [{ secret: 'hunter2' }, 'there is no "secret"'],
    [{ startCourier: () => false }, '"startCourier" must be true or false'],
    [{ clock: 5 }, '"clock" must be a function that returns milliseconds since 1970'],
    [{ env: 'HOME=/x' }, '"env" must be an object of variables'],
    [{ machine: '' }, '"machine" must not be empty'],
    [
      { config: { resilience: { circuit_breaker: { failure_treshold: 3 } } } },
      '"config" resilience.circuit_breaker.failure_treshold is not known',
    ],
  ])('new PatternTracker refuses %j', (options, what) => {
    expect(() => home.tracker(options as never)).toThrow(`PatternTracker: ${what}`);
  });

  it('says which option was meant', () => {
    expect(() => home.tracker({ baseURL: 'http://host' } as never)).toThrow(
      expect.objectContaining({ code: 'E_ARGUMENT', hint: 'Did you mean "baseUrl"?' }),
    );
  });

  it.each([[null], [5], ['http://host'], [[]]])('refuses %j in place of its options', (options) => {
    expect(() => new PatternTracker(options as never)).toThrow(
      expect.objectContaining({ code: 'E_ARGUMENT' }),
    );
  });

  it('takes the environment of a process', () => {
    const options = { home: home.paths.home, env: process.env };
    expect(() => new PatternTracker(options)).not.toThrow();
  });

  it('needs a place to keep its data', () => {
    expect(() => new PatternTracker({ env: {} })).toThrow(
      expect.objectContaining({ code: 'E_NO_HOME' }),
    );
  });
});

describe('settings', () => {
  it('has the defaults of the runbook', () => {
    const tracker = home.tracker();
    expect([tracker.timeout, tracker.baseUrl, tracker.patternCache.size]).toEqual([5, null, 1000]);
    expect(tracker.patternCache.ttl).toBe(3600);
    expect(tracker.circuitBreaker.failureThreshold).toBe(5);
    expect(tracker.circuitBreaker.recoveryTimeout).toBe(60);
  });

  it('goes by what it was given, then the environment, then config.yaml', () => {
    home.prepare();
    writeFileSync(
      home.paths.configFile,
      'api:\n  base_url: http://file:1\npattern_tracking:\n  timeout: 7\n  cache_size: 500\n',
    );
    const env = { INTELLIGENCE_SERVICE_URL: 'http://env:1', PATTERN_TRACKING_TIMEOUT: '8' };
    const tracker = home.tracker({ env, timeout: 9 });
    expect([tracker.timeout, tracker.baseUrl, tracker.patternCache.size]).toEqual([
      9,
      'http://env:1',
      500,
    ]);
    expect(home.tracker({ baseUrl: null }).baseUrl).toBeNull();
  });

  it('lets its timeout be set', () => {
    const tracker = home.tracker();
    tracker.timeout = 15;
    expect(tracker.timeout).toBe(15);
    expect(() => (tracker.timeout = -1)).toThrow('"timeout" must be');
  });

  it('does nothing at all before it is used', () => {
    const { paths } = home;
    const tracker = new PatternTracker({ home: paths.home, env: {} });
    expect(tracker.timeout).toBe(5);
    expect(existsSync(paths.home)).toBe(false);
  });
});

describe('close', () => {
  it('is for good, as often as it is called', async () => {
    const tracker = home.tracker();
    await tracker.trackPatternCreation(creation('a = 1'));
    await Promise.all([tracker.close(), tracker.close()]);
    await tracker.close();
    const closed = expect.objectContaining({ code: 'E_CLOSED' });
    await expect(tracker.trackPatternCreation(creation('a = 2'))).rejects.toEqual(closed);
    await expect(tracker.queryPatterns()).rejects.toEqual(closed);
    await expect(tracker.checkHealth()).rejects.toEqual(closed);
    expect(() => tracker.getHealthSummary()).toThrow(closed);
    expect(() => tracker.timeout).toThrow(closed);
  });

  it('comes by itself at the end of a block', async () => {
    let used: PatternTracker;
    {
      await using tracker = home.tracker();
      used = tracker;
      await tracker.trackPatternCreation(creation('a = 1'));
    }
    expect(() => used.getErrorMetrics()).toThrow('is closed');
  });
});

describe('a database that is deleted while it is open', () => {
  it('is made anew, so that nothing that is tracked then is lost', async () => {
    const tracker = home.tracker();
    await tracker.trackPatternCreation(creation('a = 1'));
    rmSync(home.paths.database);
    await tracker.trackPatternCreation(creation('b = 2'));
    const database = openDatabase(home.paths.database);
    expect(database.prepare('SELECT code FROM patterns').pluck().all()).toEqual(['b = 2']);
    database.close();
  });
});

describe('a database that takes nothing', () => {
  it('is told of, with what to do, and works again once it is mended', async () => {
    home.prepare();
    const tracker = home.tracker();
    home.database.exec(
      "CREATE TRIGGER full BEFORE INSERT ON patterns BEGIN SELECT RAISE(ABORT, 'disk is full'); END",
    );
    await expect(tracker.trackPatternCreation(creation('a = 1'))).rejects.toMatchObject({
      code: 'E_DATABASE_UNUSABLE',
      message: expect.stringContaining('disk is full') as string,
      hint: expect.stringContaining('pattern-tracker doctor') as string,
    });
    home.database.exec('DROP TRIGGER full');
    expect(await tracker.trackPatternCreation(creation('a = 1'))).toHaveLength(16);
    expect(home.value('SELECT count(*) FROM occurrences')).toBe(1);
  });

  it('makes it unhealthy', () => {
    const broken = new LibraryHome();
    writeFileSync(broken.paths.home, 'a file where a folder should be');
    const tracker = new PatternTracker({ home: broken.paths.home, env: {} });
    const { status, reasons } = tracker.getHealthSummary();
    expect(status).toBe('unhealthy');
    expect(reasons).toHaveLength(1);
    rmSync(broken.folder, { recursive: true });
  });
});
