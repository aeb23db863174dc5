import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fillOutbox } from './delivery-sample.ts';
import { Sample } from './sample-database.ts';

/** util-linux has it, other systems have one with other options. */
const hasScript = /util-linux/.test(
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout,
);

let sample: Sample;
beforeEach(() => {
  sample = new Sample();
  fillOutbox(sample);
});
afterEach(() => sample.remove());

const ids = () => sample.database.prepare('SELECT id FROM outbox ORDER BY id').pluck().all();

/** Runs `outbox drop --all` on a terminal, and types `answer` once it asks. */
async function answered(answer: string): Promise<{ code: unknown; screen: string }> {
  const command = `${process.execPath} ${resolve('dist/cli.cjs')} outbox drop --all`;
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    env: { HOME: sample.folder, PATH: '/usr/bin:/bin', TERM: 'dumb' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let screen = '';
  let isAnswered = false;
  child.stdout.on('data', (chunk) => {
    screen += String(chunk);
    if (isAnswered || !screen.includes('[y/N]')) return;
    isAnswered = true;
    child.stdin.write(answer);
  });
  const [code] = (await once(child, 'close')) as [unknown];
  return { code, screen };
}

describe.skipIf(!hasScript)('the question of outbox drop, on a terminal', () => {
  it('says how many are lost, and drops them for a yes', async () => {
    const { code, screen } = await answered('yes\n');
    expect(screen).toContain('Drop 3 events for good? They will never be sent. [y/N]');
    expect(screen).toContain('Dropped: 3 events.');
    expect([code, ids()]).toEqual([0, []]);
  });

  it.each([
    ['no', 'n\n'],
    ['nothing', '\n'],
    ['Ctrl-D', '\u0004'],
    ['Ctrl-C', '\u0003'],
  ])('drops nothing for %s', async (_, answer) => {
    const { code, screen } = await answered(answer);
    expect(screen).toContain('Nothing was dropped.');
    expect([code, ids()]).toEqual([1, [1, 2, 3]]);
  });
});
