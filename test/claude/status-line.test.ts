import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openDatabaseForReading } from '../../lib/store/database/database.ts';
import { installClaude } from './harness/claude-install.ts';
import type { ClaudeInstall } from './harness/claude-install.ts';
import { installTracker } from './harness/installed-tracker.ts';
import type { InstalledTracker } from './harness/installed-tracker.ts';
import { startInteractive } from './harness/interactive-claude.ts';
import { makeSandbox } from './harness/sandbox.ts';
import type { Sandbox } from './harness/sandbox.ts';
import { CLAUDE_CURRENT } from './harness/versions.ts';

const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes(
  'util-linux',
);

describe.runIf(hasScript)(`Claude Code ${CLAUDE_CURRENT.version} at a terminal`, () => {
  let sandbox: Sandbox;
  let tracker: InstalledTracker;
  let claude: ClaudeInstall;
  beforeAll(async () => {
    claude = await installClaude(CLAUDE_CURRENT.version, process.env);
    sandbox = await makeSandbox({ claude });
    tracker = await installTracker(sandbox, ['--statusline']);
  });
  afterAll(async () => {
    await tracker.stop();
    await sandbox.remove();
  });

  it('shows the patterns of its session in our status line', { timeout: 240_000 }, async () => {
    const write = (name: string) => ({
      tool: 'Write',
      input: {
        file_path: join(sandbox.project, `${name}.ts`),
        content: `export function ${name}(value: number): number {\n  return value * 2;\n}\n`,
      },
    });
    const script = {
      turns: [{ calls: [write('one'), write('two')] }, { say: 'It is written.' }],
    };
    const during = async (args: readonly string[], isSeen: (shown: string) => boolean) => {
      const session = await startInteractive({ claude, sandbox, script, args });
      try {
        await expect.poll(() => isSeen(session.shown()), { timeout: 100_000 }).toBe(true);
      } finally {
        await session.stop();
      }
    };
    const { database } = tracker.paths;
    await during(
      ['Run the script.'],
      (shown) => shown.includes(' tracker · ') && hasEnded(database),
    );
    // The end of the session may come after the courier has left; the next session's start has it taken in.
    expect(await tracker.settle()).toMatchObject({ bad: 0 });
    // Claude Code draws only what has changed of a line, but all of it when it starts.
    await during(['--continue'], (shown) => shown.includes('● tracker · 2 patterns'));
  });
});

/** True when a turn of Claude has ended. */
function hasEnded(path: string): boolean {
  const database = openDatabaseForReading(path);
  try {
    return database?.prepare("SELECT 1 FROM events WHERE name = 'Stop'").get() !== undefined;
  } finally {
    database?.close();
  }
}
