import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { homeOf, refusesHome, wantsColor } from '../../lib/cli/environment.ts';

describe('homeOf', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pattern-tracker-home-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'installed', 'data'), { recursive: true });
  const installed = join(folder, 'installed', 'dist', 'cli.mjs');

  it.each([
    ['the folder that is named', { PATTERN_TRACKER_HOME: '/x', HOME: '/h' }, installed, '/x'],
    ['the one the program lies in', { HOME: '/h' }, installed, join(folder, 'installed')],
    [
      'none that has no data',
      { HOME: '/h' },
      '/clone/dist/cli.mjs',
      '/h/.claude/hooks/pattern-tracker',
    ],
    [
      'the one in the folder of Claude',
      { CLAUDE_CONFIG_DIR: '/c', HOME: '/h' },
      undefined,
      '/c/hooks/pattern-tracker',
    ],
    [
      'not one that is named inside Claude Code',
      { PATTERN_TRACKER_HOME: '/x', HOME: '/h', CLAUDECODE: '1' },
      installed,
      join(folder, 'installed'),
    ],
  ])('is %s', (_, env, program, home) => {
    expect(homeOf(env, program)).toBe(home);
  });
});

describe('refusesHome', () => {
  it('is true where a variable names another home inside Claude Code', () => {
    const env = { HOME: '/h', PATTERN_TRACKER_HOME: '/x', CLAUDECODE: '1' };
    expect(refusesHome(env, undefined)).toBe(true);
    const { CLAUDECODE: _, ...outside } = env;
    expect(refusesHome(outside, undefined)).toBe(false);
    const own = { ...env, PATTERN_TRACKER_HOME: '/h/.claude/hooks/pattern-tracker/' };
    expect(refusesHome(own, undefined)).toBe(false);
  });
});

describe('wantsColor', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    [{ TERM: 'dumb' }, true, false],
  ])('with %j on a terminal (%s) is %s', (env, isTTY, wanted) => {
    expect(wantsColor(env, isTTY)).toBe(wanted);
  });
});
