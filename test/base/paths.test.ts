import { describe, expect, it } from 'vitest';
import { defaultHome, trackerHome } from '../../lib/base/paths.ts';

describe('the home', () => {
  const env = { HOME: '/h', PATTERN_TRACKER_HOME: '/x' };

  it('is the one that a variable names, but not inside Claude Code, where a project can set it', () => {
    expect(trackerHome(env)).toBe('/x');
    for (const inside of [
      { CLAUDECODE: '1' },
      { CLAUDECODE: '' },
      { CLAUDE_CODE_ENTRYPOINT: 'cli' },
    ]) {
      expect(trackerHome({ ...env, ...inside })).toBe('/h/.claude/hooks/pattern-tracker');
    }
  });

  it("is otherwise in Claude's folder", () => {
    expect(defaultHome(env)).toBe('/h/.claude/hooks/pattern-tracker');
    expect(defaultHome({ ...env, CLAUDE_CONFIG_DIR: '/c' })).toBe('/c/hooks/pattern-tracker');
    expect(defaultHome({})).toBeUndefined();
  });
});
