// A session of Claude Code in the middle of which its hooks are uninstalled. The older version calls them to its end; the
// newer one reads its settings again.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';

import { runClaude } from './harness/claude-run.ts';
import { setStage } from './harness/played.ts';
import type { Stage } from './harness/played.ts';
import { CLAUDE_CURRENT, CLAUDE_OLD } from './harness/versions.ts';

let stage: Stage | undefined;
afterEach(async () => {
  await stage?.clear();
  stage = undefined;
});

it.each([
  [CLAUDE_CURRENT.version, 'sh'],
  [CLAUDE_CURRENT.version, 'node'],
  [CLAUDE_OLD.version, 'sh'],
] as const)('Claude Code %s, front %s, says nothing of it', async (version, capture) => {
  stage = await setStage({ version, capture });
  const { claude, sandbox, tracker } = stage;
  const { home } = tracker.paths;
  const uninstall = `'${join(home, 'dist/cli.mjs')}' uninstall --purge --json > /dev/null`;
  const bash = (command: string) => ({
    tool: 'Bash' as const,
    input: { command, description: 'run it' },
  });
  const turns = ['echo before', uninstall, 'echo after', 'exit 3', 'echo again'].map((command) => ({
    calls: [bash(command)],
  }));
  const run = await runClaude({
    claude,
    sandbox,
    script: { turns: [...turns, { say: 'Done.' }] },
  });
  expect(existsSync(join(home, 'dist/cli.mjs'))).toBe(false);
  expect([run.exitCode, run.stderr]).toEqual([0, '']);
  // The command that uninstalls is ours to name; nothing else names us.
  const said = run.stdout.replaceAll(JSON.stringify(uninstall).slice(1, -1), '');
  expect(said).toContain('after');
  expect(said).not.toMatch(
    /hook error|non-blocking|not found|no such file|cannot find|capture\.sh/i,
  );
});
