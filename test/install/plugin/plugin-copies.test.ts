import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { disusedCopies, removeCopies } from '../../../lib/install/plugin/plugin-copies.ts';
import { fakeMachine, put } from '../fake-machine.ts';

let claude: string;
beforeEach(() => {
  claude = mkdtempSync(join(tmpdir(), 'plugin-copies-'));
});
afterEach(() => rmSync(claude, { recursive: true, force: true }));

const copy = (...parts: string[]) => join(claude, 'plugins/cache', ...parts);

function keep(parts: readonly string[], { orphaned = false } = {}): string {
  put(join(copy(...parts), 'hooks/capture.sh'), '');
  if (orphaned) put(join(copy(...parts), '.orphaned_at'), '1');
  return copy(...parts);
}

function list(text: string): void {
  put(join(claude, 'plugins/installed_plugins.json'), text);
}

describe('disusedCopies', () => {
  it('are all versions of a plugin that is not installed, from every marketplace', () => {
    list('{"version":2,"plugins":{}}');
    const copies = [
      keep(['ours', 'pattern-tracker', '0.1.0']),
      keep(['ours', 'pattern-tracker', '0.2.0'], { orphaned: true }),
      keep(['theirs', 'claude-pattern-tracker', '1.0.0']),
    ];
    expect(disusedCopies(claude)).toEqual(copies);
  });

  it('are only the older versions of one that is installed', () => {
    list('{"version":2,"plugins":{"pattern-tracker@ours":[{}]}}');
    const old = keep(['ours', 'pattern-tracker', '0.1.0'], { orphaned: true });
    keep(['ours', 'pattern-tracker', '0.2.0']);
    expect(disusedCopies(claude)).toEqual([old]);
  });

  it.each(['not JSON', '[]', '{"plugins":1}'])('are none where the list is %s', (text) => {
    list(text);
    keep(['ours', 'pattern-tracker', '0.1.0']);
    expect(disusedCopies(claude)).toEqual([]);
  });

  it('are none of another plugin that has our name', () => {
    put(join(copy('theirs', 'pattern-tracker', '1.0.0'), 'commands/x.md'), '');
    expect(disusedCopies(claude)).toEqual([]);
  });

  it('are none where Claude Code has no plugins', () => {
    expect(disusedCopies(claude)).toEqual([]);
  });
});

describe('removeCopies', () => {
  it('takes the folders that it leaves empty, and no others', () => {
    const copies = [
      keep(['ours', 'pattern-tracker', '0.1.0']),
      keep(['m', 'pattern-tracker', '1']),
    ];
    put(join(copy('m', 'other', '1'), 'x'), '');
    removeCopies(copies);
    expect(existsSync(copy('ours'))).toBe(false);
    expect(existsSync(copy('m', 'pattern-tracker'))).toBe(false);
    expect(existsSync(copy('m', 'other', '1', 'x'))).toBe(true);
  });
});

describe('uninstalling', () => {
  it('removes them, and keeps those in use', async () => {
    const machine = fakeMachine();
    const cache = join(machine.userHome, '.claude/plugins/cache/ours/pattern-tracker');
    for (const version of ['0.1.0', '0.2.0']) put(join(cache, version, 'hooks/capture.sh'), '');
    put(join(cache, '0.1.0/.orphaned_at'), '1');
    put(
      join(machine.userHome, '.claude/plugins/installed_plugins.json'),
      '{"plugins":{"pattern-tracker@ours":[{}]}}',
    );
    expect((await machine.uninstall()).pluginCopies).toEqual([join(cache, '0.1.0')]);
    expect(readdirSync(cache)).toEqual(['0.2.0']);
  });

  it('leaves them alone while hooks are registered elsewhere', async () => {
    const machine = fakeMachine();
    machine.install();
    machine.install({ scope: 'project' });
    const copy = join(machine.userHome, '.claude/plugins/cache/ours/pattern-tracker/0.1.0');
    put(join(copy, 'hooks/capture.sh'), '');
    expect((await machine.uninstall('project')).pluginCopies).toEqual([]);
    expect(existsSync(copy)).toBe(true);
  });
});
