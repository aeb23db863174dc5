import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeCommandLine, quoteWord } from '../../../lib/install/shell-words.ts';
import { verifyInstall } from '../../../lib/install/install.ts';
import { fakeMachine, put } from '../fake-machine.ts';
import { SETTINGS_CASES } from './settings-cases.ts';

interface Settings {
  statusLine?: { type: string; command: string; padding?: number };
}

function read(path: string): Settings {
  return JSON.parse(readFileSync(path, 'utf8')) as Settings;
}

const FORMERS: (readonly [string, string])[] = [
  ['a script', '~/.claude/statusline.sh'],
  ['quotes', `echo "it's $HOME" | sed 's/a/b/'`],
  ['lines and unicode', 'printf "a\\n"\necho \u{1F388}\t\\'],
];

describe('the status line', () => {
  it.each([['no file', null], ...SETTINGS_CASES] as (readonly [string, string | null])[])(
    'is added to %s, and an uninstall restores that byte for byte',
    async (_, before) => {
      const machine = fakeMachine();
      if (before !== null) put(machine.settings, before);
      const { statusLine } = machine.install({ statusLine: true });
      expect(statusLine?.former).toBeNull();
      expect(statusLine?.command).toContain('/dist/statusline.cjs');
      const after = readFileSync(machine.settings, 'utf8');
      expect(after).toContain('"statusLine"');
      expect(machine.install({ statusLine: true }).backup).toBeNull();
      expect(machine.install().backup).toBeNull(); // a later installation keeps it
      expect(readFileSync(machine.settings, 'utf8')).toBe(after);
      await machine.uninstall();
      const left = existsSync(machine.settings) ? readFileSync(machine.settings, 'utf8') : null;
      expect(left).toBe(before);
    },
  );

  it('is added only when it is asked for', () => {
    const machine = fakeMachine();
    expect(machine.install().statusLine).toBeUndefined();
    expect(read(machine.settings).statusLine).toBeUndefined();
  });

  it.each(FORMERS)('chains one with %s, and gives it back', async (_, former) => {
    const machine = fakeMachine();
    const before = `{\n  "statusLine": { "padding": 0, "type": "command", "command": ${JSON.stringify(former)} }\n}\n`;
    put(machine.settings, before);
    const { statusLine } = machine.install({ statusLine: true });
    expect(statusLine?.former).toBe(former);
    const { paths } = machine;
    expect(read(machine.settings).statusLine).toEqual({
      padding: 0,
      type: 'command',
      command: [
        nodeCommandLine(
          {
            node: join(paths.home, 'node'),
            program: join(paths.home, 'dist', 'statusline.cjs'),
          },
          'linux',
        ),
        quoteWord(former),
      ].join(' '),
    });
    expect(machine.install({ statusLine: true }).statusLine?.former).toBe(former);
    await machine.uninstall();
    expect(readFileSync(machine.settings, 'utf8')).toBe(before);
  });

  it('gives the former one back as it was written, and keeps what others changed', async () => {
    const machine = fakeMachine();
    put(
      machine.settings,
      '{\n  "statusLine": {"type": "command", "command": "\\u0065cho \\/me"},\n  "model": "opus"\n}\n',
    );
    machine.install({ statusLine: true });
    put(machine.settings, readFileSync(machine.settings, 'utf8').replace('opus', 'haiku'));
    await machine.uninstall();
    expect(readFileSync(machine.settings, 'utf8')).toBe(
      '{\n  "statusLine": {"type": "command", "command": "\\u0065cho \\/me"},\n  "model": "haiku"\n}\n',
    );
  });

  it('is removed alone on request, and the hooks stay', () => {
    const machine = fakeMachine();
    put(machine.settings, '{"statusLine":{"type":"command","command":"mine"}}');
    machine.install({ statusLine: true });
    expect(machine.install({ statusLine: false }).statusLine).toBeUndefined();
    expect(read(machine.settings).statusLine?.command).toBe('mine');
    expect(readFileSync(machine.settings, 'utf8')).toContain('capture.sh');
  });

  it('stays away from the settings of a project unless the scope names them', () => {
    const machine = fakeMachine();
    const project = join(machine.cwd, '.claude', 'settings.json');
    put(project, '{"statusLine":{"type":"command","command":"theirs"}}');
    machine.install({ statusLine: true });
    expect(read(project).statusLine?.command).toBe('theirs');
    machine.install({ statusLine: true, scope: 'project' });
    expect(read(project).statusLine?.command).toContain('statusline.cjs theirs');
  });

  it('takes the place of null, which Claude Code takes for none', async () => {
    const machine = fakeMachine();
    put(machine.settings, '{"statusLine": null}');
    expect(machine.install({ statusLine: true }).statusLine?.former).toBeNull();
    expect(read(machine.settings).statusLine).toMatchObject({ type: 'command' });
    await machine.uninstall();
    expect(readFileSync(machine.settings, 'utf8')).toBe('{"statusLine": null}');
  });

  it.each(['"~/line.sh"', '{"type":"other"}', '{"type":"command"}'])(
    'that is %s is refused, and nothing is changed',
    (value) => {
      const machine = fakeMachine();
      put(machine.settings, `{"statusLine":${value}}`);
      expect(() => machine.install({ statusLine: true })).toThrow(
        /settings\.json:1:\d+: expected "statusLine" to be .*nothing was changed/,
      );
      expect(existsSync(machine.paths.home)).toBe(false);
      expect(machine.install().statusLine).toBeUndefined();
    },
  );

  it('is missed when another program has written the settings', () => {
    const machine = fakeMachine();
    const plan = machine.install({ statusLine: true });
    const settings = read(machine.settings);
    delete settings.statusLine;
    put(machine.settings, JSON.stringify(settings));
    expect(() => verifyInstall(plan)).toThrow(/our status line is missing/);
  });
});
