import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { REAL_TRANSCRIPTS } from '../transcript/sample-transcript.ts';
import { TrackerHome } from './tracker-home.ts';

let home: TrackerHome;
beforeEach(() => (home = new TrackerHome()));
afterEach(() => home.remove());

function imported(...options: string[]): Record<string, number> {
  const argv = [resolve('dist/cli.cjs'), '--home', home.paths.home, 'import', '--json', ...options];
  const run = spawnSync(process.execPath, argv, { env: home.env, encoding: 'utf8' });
  expect([run.status, run.stderr]).toEqual([0, '']);
  return JSON.parse(run.stdout) as Record<string, number>;
}

it('leaves a courier that makes the search index, without any hook', async () => {
  const path = join(REAL_TRANSCRIPTS, 'compact');
  imported(path, '--dry-run');
  expect(home.courierPid).toBeUndefined();
  imported(path);
  const indexed = () => Number(home.value('SELECT indexed_to FROM search_progress'));
  await expect.poll(indexed).toBe(home.value('SELECT max(id) FROM events'));
});
