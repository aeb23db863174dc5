import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSqliteStore } from '../../lib/service/store/sqlite/store.ts';
import { trackedEvent } from '../contracts/tracked-event.ts';
import { fillSample, NOW, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

const DAY_MS = 86_400_000;

async function filled() {
  const sample = new Sample();
  onTestFinished(() => sample.remove());
  const path = join(sample.folder, 'team.db');
  const store = openSqliteStore(path);
  await store
    .tenant('team')
    .track([
      trackedEvent({ patternId: 'old', sessionId: 's-1', at: NOW - 9 * DAY_MS }),
      trackedEvent({ patternId: 'new', sessionId: 's-2', at: NOW - DAY_MS }),
    ]);
  await store.close();
  const service = (words: string) => run(sample, `service ${words} --database ${path}`);
  const json = async (words: string) =>
    JSON.parse((await service(`${words} --json`)).out) as unknown;
  return { sample, path, service, json };
}

describe('service forget', () => {
  it('counts, deletes, and is told of by audit', async () => {
    const { service, json } = await filled();
    const counts = { patterns: 1, events: 1, occurrences: 1, sessions: 1, edges: 0, feedback: 0 };
    expect(await json('forget --tenant team --before 7d --dry-run')).toMatchObject({
      removed: counts,
      is_complete: true,
      dry_run: true,
    });
    expect(await json('forget --tenant team --before 7d --yes')).toMatchObject({
      removed: counts,
      is_complete: true,
      dry_run: false,
    });
    expect((await service('forget --tenant team --before 7d --yes')).out).toBe(
      'Deleted:\n  nothing\n',
    );
    expect((await service('forget --tenant team --session s-2 --dry-run')).out)
      .toMatchInlineSnapshot(`
      "Would be deleted:
        patterns     1
        events       1
        occurrences  1
        sessions     1
      "
    `);
    expect(await json('audit --tenant team --limit 1')).toMatchObject([
      { action: 'deleted', tenant: 'team', route: 'pattern-tracker service', count: 0 },
    ]);
    const table = await service('audit --limit 1');
    expect(table.out).toContain('deleted');
    expect(table.err).toBe('The newest 1; --limit 0 shows all.\n');
    const second = await service('audit --limit 1 --page 2');
    expect(second.out).toContain('deleted');
    expect(second.err).toBe('');
    const all = await json('audit');
    expect(await json('audit --limit 1 --page 2')).toEqual((all as unknown[]).slice(1));
    expect(await json('audit --page 2')).toEqual([]);
    expect(await json('audit --tenant other --since 1d')).toEqual([]);
  });

  it.each([
    ['forget', 'nothing is named'],
    ['forget --all --session s-1 --yes', '--all stands alone'],
    ['forget --before soon --yes', '--before is "soon"'],
    ['forget --all', 'nobody to ask'],
    ['forget set --all --yes', 'unexpected argument "set"'],
    ['forget --all --yes --tenant UPPER', 'not a valid name'],
    ['retention set', '--days is missing'],
    ['retention set --days 0', '--days is "0"'],
    ['retention stop', 'unknown action "stop"'],
    ['fogret', 'Did you mean'],
  ])('refuses %s', async (words, message) => {
    const { service } = await filled();
    const { exitCode, err } = await service(words);
    expect(exitCode).toBe(2);
    expect(err).toContain(message);
  });
});

describe('service forget on the database of a courier', () => {
  it.each([
    ['--before 1m', 3],
    ['--all', 0],
  ])('leaves it sound after %s', async (words, left) => {
    const sample = new Sample();
    onTestFinished(() => sample.remove());
    fillSample(sample);
    const database = `--database ${sample.paths.database}`;
    const count = (table: string) =>
      sample.database.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
    const { out, err } = await run(sample, `service forget ${words} --yes --json ${database}`);
    expect(JSON.parse(out), err).toMatchObject({ removed: { patterns: 4 - left } });
    const verified = await run(sample, 'verify --json');
    expect(JSON.parse(verified.out)).toMatchObject({ findings: [] });
    expect(count('patterns')).toBe(left);
  });
});

describe('service retention', () => {
  it('is set, listed and taken back', async () => {
    const { service, json } = await filled();
    expect((await service('retention')).out).toContain('kept for ever');
    expect((await service('retention set --tenant team --days 30')).out).toContain('for 30 days');
    expect(await json('retention')).toEqual([{ tenant: 'team', days: 30, ran_at: null }]);
    expect((await service('retention')).out).toMatch(/team +30 +never/);
    expect(await json('retention off --tenant team')).toEqual([]);
    expect(await json('audit')).toMatchObject([
      { action: 'retention_set', detail: { days: null } },
      { action: 'retention_set', tenant: 'team', detail: { days: 30 } },
    ]);
  });
});

describe('token', () => {
  it('is made and revoked before the eyes of the audit log, without its text', async () => {
    const { sample, path, service, json } = await filled();
    const made = await run(sample, `token create --name laptop --json --database ${path}`);
    const { id, token } = JSON.parse(made.out) as { id: string; token: string };
    await run(sample, `token revoke ${id} --database ${path}`);
    expect(await json('audit')).toMatchObject([
      { action: 'token_revoked', subject: id },
      { action: 'token_created', subject: id, tenant: 'default', detail: { name: 'laptop' } },
    ]);
    expect((await service('audit --json')).out).not.toContain(token);
  });
});
