import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readManifest } from '../../lib/install/manifest.ts';
import { fakeMachine, put } from './fake-machine.ts';

const OTHER = { type: 'stdio', command: 'npx', args: ['other'], env: {} };
const texts = [
  '{}\n',
  '{\n  "numStartups": 3,\n  "projects": {}\n}\n',
  '{"numStartups":3}',
  `${JSON.stringify({ mcpServers: { other: OTHER }, a: 1 }, null, 2)}`,
];

describe('the registration of the MCP server', () => {
  it.each(texts)('is added to %s, and taken out so that nothing is left of it', async (text) => {
    const machine = fakeMachine();
    const file = join(machine.userHome, '.claude.json');
    put(file, text);
    expect(machine.install({ mcp: true }).mcp).toMatchObject({ file, state: 'registered' });
    const { home } = machine.paths;
    const written = JSON.parse(readFileSync(file, 'utf8')) as { mcpServers: object };
    expect(written).toMatchObject(JSON.parse(text) as object);
    expect(written.mcpServers).toHaveProperty('pattern-tracker', {
      type: 'stdio',
      command: join(home, 'node'),
      args: [join(home, 'dist', 'cli.mjs'), 'mcp'],
      env: {},
    });
    const once = readFileSync(file, 'utf8');
    machine.install({ mcp: true });
    machine.install(); // keeps it
    expect(readFileSync(file, 'utf8')).toBe(once);
    expect(readManifest(home)?.mcpFile).toBe(file);
    await machine.uninstall();
    expect(existsSync(file) ? readFileSync(file, 'utf8') : '{}\n').toBe(text);
  });

  it('makes the file, and removes it again with --no-mcp', () => {
    const machine = fakeMachine();
    const file = join(machine.userHome, '.claude.json');
    machine.install({ mcp: true });
    expect(existsSync(file)).toBe(true);
    expect(machine.install({ mcp: false }).mcp).toMatchObject({ state: 'absent' });
    expect(existsSync(file)).toBe(false);
    expect(readManifest(machine.paths.home)?.mcpFile).toBeNull();
  });

  it('is in the folder of Claude Code where that was moved', () => {
    const machine = fakeMachine();
    const claudeFolder = join(machine.root, 'claude');
    machine.install({ mcp: true, claudeFolder });
    expect(existsSync(join(claudeFolder, '.claude.json'))).toBe(true);
  });

  it('leaves another server of that name alone', async () => {
    const machine = fakeMachine();
    const file = join(machine.userHome, '.claude.json');
    const text = JSON.stringify({ mcpServers: { 'pattern-tracker': OTHER } });
    put(file, text);
    expect(machine.install({ mcp: true }).mcp).toMatchObject({ state: 'taken' });
    await machine.uninstall();
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('changes nothing of a file that cannot be parsed, and does not look where nobody asked', () => {
    const machine = fakeMachine();
    put(join(machine.userHome, '.claude.json'), '{ "a": ');
    machine.install();
    expect(() => machine.install({ mcp: true })).toThrow(
      /\.claude\.json:1:\d+: .*nothing was changed/,
    );
  });
});
