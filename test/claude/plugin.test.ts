import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installClaude } from './harness/claude-install.ts';
import type { ClaudeInstall } from './harness/claude-install.ts';
import { CLAUDE_CURRENT } from './harness/versions.ts';

describe('the plugin', () => {
  const home = mkdtempSync(join(tmpdir(), 'plugin-'));
  let claude: ClaudeInstall;
  beforeAll(async () => {
    claude = await installClaude(CLAUDE_CURRENT.version, process.env);
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  const run = (...args: string[]) => {
    const [program, ...first] = claude.command;
    return spawnSync(program, [...first, ...args], {
      env: {
        HOME: home,
        PATH: '/usr/bin:/bin',
        TMPDIR: home,
        CLAUDE_CODE_TMPDIR: home,
        ANTHROPIC_API_KEY: 'dummy',
      },
      cwd: home,
      encoding: 'utf8',
    });
  };

  it('passes the real `claude plugin validate`, with nothing to remark', () => {
    const { status, stdout, stderr } = run('plugin', 'validate', resolve('.'), '--strict');
    expect({ status, output: stdout + stderr }).toEqual({
      status: 0,
      output: expect.stringMatching(/passed/i),
    });
  });
});
