import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { schemaFault } from '../support/published-schema.ts';
import { configure, deliveryOf, fillOutbox, queue, SERVER } from './delivery-sample.ts';
import { Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

let sample: Sample;
beforeEach(() => {
  sample = new Sample();
  configure(sample, SERVER);
});
afterEach(() => sample.remove());

const ids = (where = '1') =>
  sample.database.prepare(`SELECT id FROM outbox WHERE ${where} ORDER BY id`).pluck().all();

const SECOND = {
  id: 2,
  sink: 'http',
  event_id: 'event-2',
  event_type: 'pattern_created',
  session_id: 'session-1',
  pattern_id: 'p2',
  lineage_id: 'p2',
  created_at: '2026-11-24T11:02:00.000Z',
  attempts: 1,
  faults: 0,
  attempted_at: '2026-11-24T11:59:00.000Z',
  next_attempt_at: '2026-11-24T12:02:00.000Z',
  last_error: 'it answered 503',
  dead_at: null,
};

describe('outbox list', () => {
  it('shows what waits, and what the server refused', async () => {
    fillOutbox(sample);
    const { exitCode, out } = await run(sample, 'outbox');
    expect(exitCode).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "ID  EVENT    PATTERN  QUEUED      ATTEMPTS  NEXT      LAST ERROR
       1  created  p1       59 min ago         0  now
       2  created  p2       58 min ago         1  in 2 min  it answered 503
       3  created  p3       57 min ago         1  dead      Validation error: no
      "
    `);
  });

  it('prints for programs the keys that it promises', async () => {
    fillOutbox(sample);
    const rows = JSON.parse((await run(sample, 'outbox list --json')).out) as object[];
    expect(rows).toHaveLength(3);
    expect(rows[1]).toEqual(SECOND);
    expect(Object.keys(rows[1] ?? {})).toEqual(Object.keys(SECOND));
    expect(rows[2]).toMatchObject({
      faults: 1,
      next_attempt_at: null,
      dead_at: '2026-11-24T11:59:00.000Z',
      last_error: 'Validation error: no',
    });
  });

  it('shows dead letters only, those of a session, or no more than its limit', async () => {
    fillOutbox(sample);
    const listed = async (argv: string) =>
      (JSON.parse((await run(sample, `outbox list --json ${argv}`)).out) as { id: number }[]).map(
        ({ id }) => id,
      );
    expect(await listed('--dead')).toEqual([3]);
    expect(await listed('--session session-2')).toEqual([]);
    expect(await listed('--session sess')).toEqual([1, 2, 3]);
    expect(await listed('--limit 2')).toEqual([1, 2]);
  });

  it('says so where there is nothing, and makes no database', async () => {
    expect((await run(sample, 'outbox')).out).toBe('Nothing waits to be sent.\n');
    expect((await run(sample, 'outbox --dead')).out).toBe('There are no dead letters.\n');
    expect((await run(sample, 'outbox --json')).out).toBe('[]\n');
  });
});

describe('outbox show', () => {
  it('shows all of a row, by the names that programs know', async () => {
    fillOutbox(sample);
    const { exitCode, out } = await run(sample, 'outbox show 2');
    expect(exitCode).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "id               2
      sink             http
      event_id         event-2
      event_type       pattern_created
      session_id       session-1
      pattern_id       p2
      lineage_id       p2
      created_at       2026-11-24T11:02:00.000Z
      attempts         1
      faults           0
      attempted_at     2026-11-24T11:59:00.000Z
      next_attempt_at  2026-11-24T12:02:00.000Z
      last_error       it answered 503
      {
        "event_id": "event-2",
        "metadata": {
          "filePath": "/p/a.ts",
          "isNew": true
        }
      }
      "
    `);
  });

  it('prints the body as it will be sent', async () => {
    fillOutbox(sample);
    expect(JSON.parse((await run(sample, 'outbox show 2 --json')).out)).toEqual({
      ...SECOND,
      body: { event_id: 'event-2', metadata: { filePath: '/p/a.ts', isNew: true } },
    });
  });

  it.each([
    ['outbox show', 'error: ID is missing\n  See `outbox list`.\n'],
    ['outbox show 77', 'error: there is no row 77\n  See `outbox list`.\n'],
  ])('knows what it needs: %s', async (argv, err) => {
    fillOutbox(sample);
    expect(await run(sample, argv)).toEqual({ exitCode: 2, out: '', err });
  });

  it('takes no word for an ID', async () => {
    expect(await run(sample, 'outbox show two')).toMatchObject({ exitCode: 2, out: '' });
  });
});

describe('outbox retry', () => {
  it('makes a row due at once', async () => {
    fillOutbox(sample);
    expect((await run(sample, 'outbox retry 2')).out).toBe(
      'Will be sent with the next delivery: 1 event.\n',
    );
    expect(ids('not_before = 0 AND dead_at IS NULL')).toEqual([1, 2]);
  });

  it('gives dead letters another chance', async () => {
    fillOutbox(sample);
    expect(JSON.parse((await run(sample, 'outbox retry --dead --json')).out)).toEqual({
      changed: 1,
    });
    expect(ids('dead_at IS NULL AND faults = 0')).toEqual([1, 2, 3]);
    expect(ids('not_before > 0')).toEqual([2]); // no dead letter: left alone
  });

  it('wants to be told which rows', async () => {
    fillOutbox(sample);
    for (const action of ['retry', 'drop --yes']) {
      expect(await run(sample, `outbox ${action}`)).toEqual({
        exitCode: 2,
        out: '',
        err: 'error: no rows are named\n  Give an ID, --dead, --session or --all.\n',
      });
    }
    expect(ids()).toEqual([1, 2, 3]);
  });
});

describe('outbox drop', () => {
  it('asks where there is nobody to answer: then nothing is dropped', async () => {
    fillOutbox(sample);
    expect(await run(sample, 'outbox drop --all')).toEqual({
      exitCode: 2,
      out: '',
      err: 'error: 3 events would be lost for good\n  Use --yes to drop them without being asked.\n',
    });
    expect(ids()).toEqual([1, 2, 3]);
  });

  it('drops what was chosen, and counts it', async () => {
    fillOutbox(sample);
    expect((await run(sample, 'outbox drop --dead --yes')).out).toBe('Dropped: 1 event.\n');
    expect(ids()).toEqual([1, 2]);
    expect(JSON.parse((await run(sample, 'outbox drop 1 --yes --json')).out)).toEqual({
      changed: 1,
    });
    expect(ids()).toEqual([2]);
    expect(deliveryOf(sample).metrics.value('dropped')).toBe(2);
  });

  it('forgets that the server was told of a pattern, so that it is told before what comes of it', async () => {
    queue(sample, 3);
    sample.database.exec(`
      INSERT INTO sink_patterns (sink, pattern_id) VALUES ('http', 'p1'), ('http', 'p2'), ('http', 'p3');
      UPDATE outbox SET event_type = 'pattern_applied' WHERE id = 2`);
    await run(sample, 'outbox drop 1 2 --yes');
    expect(sample.database.prepare('SELECT pattern_id FROM sink_patterns').pluck().all()).toEqual([
      'p2', // it was told of by an event that is delivered
      'p3',
    ]);
  });

  it('drops those of one session and no others', async () => {
    queue(sample, 1, 'session-1');
    sample.database.exec("UPDATE outbox SET event_id = 'other'");
    queue(sample, 2, 'session-2');
    await run(sample, 'outbox drop --session session-2 --yes');
    expect(ids()).toEqual([1]);
  });
});

describe('outbox export', () => {
  it('prints bodies, a line each', async () => {
    fillOutbox(sample);
    const lines = (await run(sample, 'outbox export')).out.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { event_id: string }).event_id)).toEqual([
      'event-1',
      'event-2',
      'event-3',
    ]);
  });

  it('prints CloudEvents, whose source does not change with the server', async () => {
    fillOutbox(sample);
    const argv = 'outbox export 2 --format cloudevents';
    const event = JSON.parse((await run(sample, argv)).out) as object;
    expect(event).toEqual({
      specversion: '1.0',
      id: 'event-2',
      source: 'urn:claude-pattern-tracker',
      type: 'dev.claude-pattern-tracker.pattern_created',
      subject: 'p2',
      time: '2026-11-24T11:02:00.000Z',
      datacontenttype: 'application/json',
      data: { event_id: 'event-2', metadata: { filePath: '/p/a.ts', isNew: true } },
    });
    expect(schemaFault('cloudevents-1.0', event)).toBeUndefined();
    writeFileSync(sample.paths.configFile, 'api: { base_url: "http://127.0.0.1:9" }\n');
    expect(JSON.parse((await run(sample, argv)).out)).toEqual(event);
  });

  it('prints nothing where nothing is', async () => {
    expect(await run(sample, 'outbox export')).toEqual({ exitCode: 0, out: '', err: '' });
  });

  it('knows two formats', async () => {
    expect((await run(sample, 'outbox export --format xml')).err).toBe(
      'error: --format is "xml"\n  Expected jsonl or cloudevents.\n',
    );
  });
});
