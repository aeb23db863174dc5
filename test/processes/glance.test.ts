// What the real courier leaves for the status line.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readGlance } from '../../lib/ingest/glance.ts';
import { isAlive, payload, TrackerHome } from './tracker-home.ts';

let home: TrackerHome;
beforeEach(() => {
  home = new TrackerHome('courier: { idle_exit_seconds: 600 }\n');
});
afterEach(() => home.remove());

/** An event in which Claude writes a function with this name. */
function written(name: string, session = 'session-1'): string {
  return payload({
    session_id: session,
    hook_event_name: 'PostToolUse',
    tool_name: 'Write',
    tool_use_id: `toolu_${name}`,
    tool_input: {
      file_path: `/home/dev/project/${name}.ts`,
      content: `export function ${name}(value: number): number {\n  const twice = value * 2;\n  return twice + 1;\n}\n`,
    },
    tool_response: { type: 'create' },
  });
}

/** The status line of a session, from an installation in which no SQLite can be loaded. */
function line(session = 'session-1'): string {
  const program = join(home.paths.home, 'dist', 'statusline.cjs');
  mkdirSync(join(home.paths.home, 'dist'), { recursive: true });
  copyFileSync(resolve('dist/statusline.cjs'), program);
  const env = { ...home.env, NO_COLOR: '1' };
  const input = JSON.stringify({ session_id: session });
  return spawnSync(process.execPath, [program], { env, input, encoding: 'utf8' }).stdout;
}

async function started(): Promise<number> {
  const courier = spawn(
    process.execPath,
    [resolve('dist/courier.cjs'), '--home', home.paths.home],
    {
      env: home.env,
      stdio: 'ignore',
    },
  );
  await home.settled();
  return courier.pid ?? 0;
}

const told = () => readGlance(home.paths)?.patterns.get('session-1');

it('tells the status line what is stored without the database, also after kill -9 and a restart', async () => {
  home.spool('1.settings', written('first'));
  const pid = await started();
  await expect.poll(told).toBe(1);
  expect(line()).toBe('● tracker · 1 pattern\n');

  home.spool('2.settings', written('second'));
  await expect.poll(told).toBe(2);
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => isAlive(pid)).toBe(false);
  home.spool('3.settings', written('third'));
  expect(line()).toBe('● tracker · 2 patterns · 1 waiting\n');

  home.configure('courier: { idle_exit_seconds: 0.1 }\n');
  expect(await home.runCourier()).toBe(0);
  expect(line()).toBe('● tracker · 3 patterns\n');
  expect(line('other')).toMatch(/^✖ tracker · The database cannot be read/); // it has to be asked
});

it('is gone with what is forgotten', async () => {
  home.spool('1.settings', written('first'));
  home.spool('2.settings', written('second', 'session-2'));
  const pid = await started();
  await expect.poll(told).toBe(1);
  const forget = [resolve('dist/cli.cjs'), 'forget', '--session', 'session-1', '--yes'];
  const { status, stdout } = spawnSync(process.execPath, forget, {
    env: home.env,
    encoding: 'utf8',
  });
  expect({ status, stdout }).toMatchObject({ status: 0 });
  await expect.poll(() => isAlive(pid)).toBe(false);
  expect(existsSync(home.paths.glance)).toBe(false);

  home.configure('courier: { idle_exit_seconds: 0.1 }\n');
  home.spool('3.settings', written('third', 'session-2'));
  expect(await home.runCourier()).toBe(0);
  expect(readFileSync(home.paths.glance, 'utf8')).toContain('session-2');
  expect(readFileSync(home.paths.glance, 'utf8')).not.toContain('session-1');
});
