import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Outbox } from '../../lib/delivery/store/outbox.ts';
import { fillOutbox } from './delivery-sample.ts';
import { NOW, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

let sample: Sample;
beforeEach(() => (sample = new Sample()));
afterEach(() => sample.remove());

const ids = (where = '1') =>
  sample.database.prepare(`SELECT id FROM outbox WHERE ${where} ORDER BY id`).pluck().all();

describe('which rows are meant', () => {
  it('is several, by their IDs', async () => {
    fillOutbox(sample);
    expect((await run(sample, 'outbox retry 2 3')).out).toMatch(/: 2 events\.\n$/);
    expect(ids('not_before = 0 AND dead_at IS NULL')).toEqual([1, 2, 3]);
    expect((await run(sample, 'outbox drop 1 3 --yes')).out).toBe('Dropped: 2 events.\n');
    expect(ids()).toEqual([2]);
  });

  it.each(['retry 2 99', 'drop 2 99 --yes'])('is none where one is not there: %s', async (argv) => {
    fillOutbox(sample);
    expect(await run(sample, `outbox ${argv}`)).toEqual({
      exitCode: 2,
      out: '',
      err: 'error: there is no row 99\n  Nothing was changed. See `outbox list`.\n',
    });
    expect(ids()).toEqual([1, 2, 3]);
    expect(ids('not_before > 0')).toEqual([2]);
  });

  it.each(['drop --yes', 'retry', 'list', 'export'])(
    'is never all of them for an empty session, as of an unset variable: %s',
    async (action) => {
      fillOutbox(sample);
      const { exitCode, out } = await run(sample, `outbox ${action} --session=`);
      expect([exitCode, out]).toEqual([2, '']);
      expect(ids()).toEqual([1, 2, 3]);
    },
  );

  it('is no more than the limit, the oldest first', async () => {
    fillOutbox(sample);
    expect((await run(sample, 'outbox drop --all --limit 1 --yes')).out).toMatch(/: 1 event\.\n$/);
    expect(ids()).toEqual([2, 3]);
    const { out } = await run(sample, 'outbox export --limit 1');
    expect(out.split('\n').filter(Boolean)).toHaveLength(1);
  });

  it('is one for show', async () => {
    fillOutbox(sample);
    expect(await run(sample, 'outbox show 1 2')).toMatchObject({ exitCode: 2, out: '' });
  });
});

describe('a large export', () => {
  it('is written in parts, each row once, in order', async () => {
    const outbox = new Outbox(sample.database, 'http');
    const code = 'x'.repeat(1_600_000);
    for (let n = 0; n < 12; n++) {
      const body = JSON.stringify({ event_id: `e${n}`, code });
      const row = { eventType: 'pattern_created', sessionId: null, patternId: 'p', lineageId: 'l' };
      outbox.add({ ...row, eventId: `e${n}`, body }, NOW);
    }
    const parts: string[] = [];
    const argv = 'outbox export --format cloudevents';
    await run(sample, argv, { out: (text) => void parts.push(text) });
    expect(parts.length).toBeGreaterThan(3);
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(6_000_000);
    const lines = parts.join('').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(
      Array.from({ length: 12 }, (_, n) => `e${n}`),
    );
  });
});

describe('a password in the URL of the server', () => {
  it.each([
    'status',
    'status --json',
    'health',
    'health --json',
    'outbox export --format cloudevents',
  ])('is not shown by %s', async (argv) => {
    fillOutbox(sample);
    writeFileSync(
      sample.paths.configFile,
      'api: { base_url: "http://me:hunter2@127.0.0.1:9/x" }\n',
    );
    const { out } = await run(sample, argv);
    expect(out).not.toBe('');
    expect(out).not.toContain('hunter2');
  });
});
