import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RedactionCounts } from '../../lib/store/writers/redaction-counts.ts';
import { DAY, NOW, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

let sample: Sample;
beforeEach(() => (sample = new Sample()));
afterEach(() => sample.remove());

function write(name: string, text: string): void {
  mkdirSync(sample.paths.home, { recursive: true });
  writeFileSync(join(sample.folder, name), text);
}

function configure(yaml: string): void {
  mkdirSync(sample.paths.home, { recursive: true });
  writeFileSync(sample.paths.configFile, yaml);
}

it('shows what would be taken out of a file, where, and by which rule', async () => {
  configure("redaction: { rules: [{ name: staff-number, pattern: 'ACME-[0-9]{4}' }] }\n");
  write('a.env', '\uFEFF# 😀😀 ACME-1234\r\nDB_PASS="Zq81kd-xx-92Lm"\rnothing\n');
  expect(await run(sample, 'redact test a.env')).toEqual({
    exitCode: 0,
    out: `LINE  COLUMN  RULE
   1       6  staff-number
   2      10  assignment

# 😀😀 [redacted:staff-number]
DB_PASS="[redacted:assignment]"
nothing

`,
    err: '',
  });
  const { out } = await run(sample, 'redact test a.env --json');
  expect(JSON.parse(out)).toEqual({
    findings: [
      { rule: 'staff-number', line: 1, column: 6 },
      { rule: 'assignment', line: 2, column: 10 },
    ],
    text: '# 😀😀 [redacted:staff-number]\r\nDB_PASS="[redacted:assignment]"\rnothing\n',
    left_out: 0,
  });
});

it('takes a value that is found in one place of an event out of all its places', async () => {
  write(
    'event.json',
    JSON.stringify({
      session_id: 's',
      prompt: 'use Zq81kd-xx-92Lm, not [redacted:jwt]',
      tool_input: { command: 'export DB_PASS="Zq81kd-xx-92Lm"' },
    }),
  );
  const { out } = await run(sample, 'redact test event.json --payload --json');
  const { findings, text } = JSON.parse(out) as { findings: object[]; text: string };
  expect(text).not.toContain('Zq81kd');
  expect(findings).toEqual([
    { rule: 'assignment', line: 3, column: 18 },
    { rule: 'assignment', line: 5, column: 34 },
  ]);
});

it('says what is wrong with the file, the payload and the rules', async () => {
  write('a.txt', 'plain');
  expect(await run(sample, 'redact test a.txt')).toMatchObject({
    exitCode: 0,
    out: 'No rule finds anything.\n\nplain\n',
  });
  expect(await run(sample, 'redact test')).toMatchObject({ exitCode: 2 });
  expect(await run(sample, 'redact test none.txt')).toMatchObject({ exitCode: 1 });
  expect(await run(sample, 'redact test a.txt --payload')).toMatchObject({ exitCode: 2 });
  configure("redaction: { rules: [{ name: x, pattern: '(a' }] }\n");
  const broken = await run(sample, 'redact test a.txt');
  expect(broken).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining('config.yaml:1:22: redaction.rules item 1') as string,
  });
  expect(await run(sample, 'config check')).toMatchObject({
    exitCode: 1,
    out: expect.stringContaining('config.yaml:1:22: redaction.rules item 1') as string,
  });
});

it('counts by rule and project, since a day, and says what was left out', async () => {
  sample.project('/w/app', 'app');
  sample.project('/w/site', 'site');
  const counts = new RedactionCounts(sample.database);
  counts.add({ redactions: { jwt: 2, assignment: 1 }, unchecked: 0 }, '/w/app', NOW - 3 * DAY);
  counts.add({ redactions: { jwt: 5, unchecked: 1 }, unchecked: 4_000 }, '/w/app', NOW);
  counts.add({ redactions: { jwt: 1 }, unchecked: 0 }, '/w/site', NOW);
  counts.flush();
  sample.database.exec(`UPDATE meta SET value = '${NOW}' WHERE key = 'redactions_counted_since'`);
  expect((await run(sample, 'redact audit')).out).toMatch(
    /^RULE +COUNT +FIRST +LAST +PROJECT\njwt +7 +2026-11-21 +2026-11-24 +\/w\/app\nassignment +1 .*\njwt +1 .*\/w\/site\n1 text cut by 4,000 characters together.*\nCounted since /,
  );
  const { out } = await run(sample, 'redact audit --project app --since 2026-11-23 --json');
  expect(JSON.parse(out)).toEqual({
    counted_since: '2026-11-24T12:00:00.000Z',
    rules: [{ rule: 'jwt', project: '/w/app', count: 5, first: '2026-11-24', last: '2026-11-24' }],
    left_out: { texts: 1, characters: 4_000 },
  });
  expect(
    sample.database.prepare("SELECT value FROM counters WHERE name = 'redactions'").pluck().get(),
  ).toBe(9);
});

it('does nothing where nothing was recorded', async () => {
  expect(await run(sample, 'redact audit')).toMatchObject({
    exitCode: 0,
    out: 'Nothing was taken out.\n',
  });
  expect(await run(sample, 'redact rescan')).toMatchObject({
    exitCode: 0,
    out: 'Nothing was recorded yet.\n',
  });
});
