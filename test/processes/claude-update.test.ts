// An update of Claude Code, noticed by the real courier when a new session begins.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { payload, TrackerHome } from './tracker-home.ts';

let home: TrackerHome;
beforeEach(() => {
  home = new TrackerHome('courier: { idle_exit_seconds: 600 }\n');
});
afterEach(() => home.remove());

/** Puts a Claude Code where the native installer does. It must not be run. */
function installClaude(version: string): void {
  const program = join(home.folder, '.local/share/claude/versions', version);
  const link = join(home.folder, '.local/bin/claude');
  for (const folder of [dirname(program), dirname(link)]) mkdirSync(folder, { recursive: true });
  writeFileSync(program, `#!/bin/sh\ntouch '${join(home.folder, 'ran')}'\n`);
  chmodSync(program, 0o755);
  rmSync(link, { force: true });
  symlinkSync(program, link);
}

const seen = () => home.value("SELECT value FROM meta WHERE key = 'claude_version'");

it('is seen although no transcript is there, and `install` is offered again', async () => {
  const start = (session: string) =>
    payload({ hook_event_name: 'SessionStart', source: 'startup', session_id: session });
  const begin = (session: string) => {
    const transcript_path = join(home.folder, 'none.jsonl');
    home.capture(JSON.stringify({ ...(JSON.parse(start(session)) as object), transcript_path }));
  };
  mkdirSync(join(home.paths.home, 'dist'));
  symlinkSync(resolve('dist/courier.cjs'), join(home.paths.home, 'dist/courier.cjs'));
  mkdirSync(home.paths.data);
  installClaude('2.0.76');
  begin('one');
  await expect.poll(seen).toBe('2.0.76');
  installClaude('2.1.330'); // while the same courier lives
  begin('two');
  await expect.poll(seen).toBe('2.1.330');

  // Only a hook of 2.0.76 is registered, and no Claude Code is left for the command line to find.
  rmSync(join(home.folder, '.local'), { recursive: true });
  const command = `${join(home.paths.home, 'hooks', 'capture.sh')}`;
  const hooks = { PreToolUse: [{ hooks: [{ type: 'command', command }] }] };
  writeFileSync(join(home.folder, '.claude/settings.json'), JSON.stringify({ hooks }));
  const status = [resolve('dist/cli.cjs'), 'status', '--json'];
  const { stdout } = spawnSync(process.execPath, status, { env: home.env, encoding: 'utf8' });
  const { missing_events: missing } = JSON.parse(stdout) as { missing_events: string[] };
  expect(missing).toContain('PostToolBatch');
});
