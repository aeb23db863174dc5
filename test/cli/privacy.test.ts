import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { configure, SERVER } from './delivery-sample.ts';
import { fillSample, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

let sample: Sample;
beforeEach(() => (sample = new Sample()));
afterEach(() => sample.remove());

it('says what is held, where it lies, where it went, and what is kept how long', async () => {
  fillSample(sample);
  configure(sample, SERVER);
  sample.makeSpool();
  writeFileSync(join(sample.paths.spoolBad, 'x.not-json'), '{');
  sample.database.exec(`
    INSERT INTO sinks (sink, server, last_delivered_at) VALUES ('http', 'http://server.test/api', 1000);
    INSERT INTO sink_patterns VALUES ('http', '19aa52c0de77b841');
    INSERT INTO metrics VALUES ('http', 'delivered', 7);
    UPDATE meta SET value = '1000' WHERE key = 'redactions_counted_since';
    INSERT INTO redaction_counts VALUES ('2026-11-23', '/w/app', 'assignment', 1, 0),
      ('2026-11-23', '/w/app', 'jwt', 1, 0), ('2026-11-24', '/w/site', 'jwt', 1, 0),
      ('2026-11-24', '/w/site', 'unchecked', 1, 4000);
    INSERT INTO counters VALUES ('redactions', 5), ('evicted_patterns', 2)`);
  const report = JSON.parse((await run(sample, 'privacy report --json')).out) as {
    held: { kind: string; count: number }[];
    files: { kind: string; files: number }[];
  };
  expect(report).toMatchObject({
    projects: [
      { root: '/w/app', patterns: 3 },
      { root: '/w/site', patterns: 1 },
    ],
    sent: [
      {
        sink: 'http',
        server: 'http://server.test/api',
        is_configured: true,
        delivered: 7,
        patterns: 1,
        recalls: true,
        last_delivered_at: '1970-01-01T00:00:01.000Z',
      },
    ],
    redactions: 5,
    redacted: [
      { rule: 'jwt', count: 2 },
      { rule: 'assignment', count: 1 },
      { rule: 'unchecked', count: 1 },
    ],
    counted_since: '1970-01-01T00:00:01.000Z',
    evicted: { payloads: 0, patterns: 2 },
    retention: { 'retention.raw_events_days': 30, 'retention.max_database_bytes': 2_147_483_648 },
    is_wiped: true,
  });
  expect(report.held.find(({ kind }) => kind === 'patterns')).toMatchObject({ count: 4 });
  expect(report.files.find(({ kind }) => kind.startsWith('quarantine'))).toMatchObject({
    files: 1,
  });
  const { out, exitCode } = await run(sample, 'privacy');
  expect(exitCode).toBe(0);
  expect(out).toMatch(/^HELD .*\n/);
  expect(out).toContain(
    'Sent to the server http://server.test/api: 7 events, 1 pattern, the last ',
  );
  expect(out).toMatch(
    /5 secrets redacted before anything was stored; since .*: 2 jwt, 1 assignment, 1 unchecked\.\n/,
  );
  expect(out).toContain('Removed: 0 payloads, 2 patterns and 0 states of files, to stay within');
});

it('says so when nothing was recorded', async () => {
  expect((await run(sample, 'privacy report')).out).toMatch(
    /^Nothing was recorded yet\.\nNothing was sent/,
  );
  expect(JSON.parse((await run(sample, 'privacy report --json')).out)).toMatchObject({
    held: [],
    sent: [],
    files: [],
  });
  expect(await run(sample, 'privacy reprot')).toMatchObject({ exitCode: 2 });
});
