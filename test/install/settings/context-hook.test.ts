import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifyInstall } from '../../../lib/install/install.ts';
import { readManifest } from '../../../lib/install/manifest.ts';
import { hookDifferences } from '../../../lib/install/settings/hook-audit.ts';
import { readRegistration } from '../../../lib/install/settings/registration.ts';
import { fakeMachine, put } from '../fake-machine.ts';
import { SETTINGS_CASES } from './settings-cases.ts';

type Machine = ReturnType<typeof fakeMachine>;

interface Group {
  readonly matcher?: string;
  readonly hooks: readonly { readonly command: string; readonly timeout: number }[];
}

function sessionStart({ settings }: Machine): readonly Group[] {
  const { hooks } = JSON.parse(readFileSync(settings, 'utf8')) as {
    readonly hooks: Readonly<Record<string, readonly Group[]>>;
  };
  return hooks['SessionStart'] ?? [];
}

function differences({ paths, userHome }: Machine) {
  const registrations = readManifest(paths.home)?.registrations ?? [];
  return hookDifferences({ homes: [paths.home], userHome, files: [], registrations });
}

function registration({ cwd, userHome, paths }: Machine) {
  return readRegistration({ env: { HOME: userHome }, cwd, paths });
}

describe('the hook of `context: on`', () => {
  it.each([['no file', null], ...SETTINGS_CASES] as (readonly [string, string | null])[])(
    'is added to %s beside that which captures, and an uninstall restores that byte for byte',
    async (_, before) => {
      const machine = fakeMachine();
      if (before !== null) put(machine.settings, before);
      machine.install({ context: true });
      const after = readFileSync(machine.settings, 'utf8');
      expect(machine.install({ context: true }).backup).toBeNull();
      expect(readFileSync(machine.settings, 'utf8')).toBe(after);
      await machine.uninstall();
      const left = existsSync(machine.settings) ? readFileSync(machine.settings, 'utf8') : null;
      expect(left).toBe(before);
    },
  );

  it('is of SessionStart, for new sessions alone, and short', () => {
    const machine = fakeMachine();
    machine.install({ context: true });
    const [capturing, noting, ...others] = sessionStart(machine);
    expect(others).toEqual([]);
    expect(differences(machine)).toEqual([]);
    expect(capturing?.hooks[0]?.command).toMatch(/capture\.sh ensure$/);
    expect(noting?.matcher).toBe('startup|clear');
    expect(noting?.hooks[0]?.command).toMatch(/dist\/context\.cjs$/);
    expect(noting?.hooks[0]?.timeout).toBeLessThan(5);
  });

  it('goes with the next installation once the configuration says off', () => {
    const machine = fakeMachine();
    machine.install();
    const without = readFileSync(machine.settings, 'utf8');
    expect(without).not.toContain('context.cjs');
    const { events } = machine.install({ context: true });
    expect(new Set(events).size).toBe(events.length);
    machine.install();
    expect(readFileSync(machine.settings, 'utf8')).toBe(without);
  });

  it('is told apart from those that capture', () => {
    const machine = fakeMachine();
    machine.install({ context: true });
    const { hooks, contextHooks } = registration(machine);
    expect(contextHooks.map(({ event }) => event)).toEqual(['SessionStart']);
    expect(hooks.filter(({ event }) => event === 'SessionStart')).toHaveLength(1);
  });

  it('is missed if somebody takes it out, and not mistaken for the other one', () => {
    const machine = fakeMachine();
    const plan = machine.install({ context: true });
    const text = readFileSync(machine.settings, 'utf8');
    const settings = JSON.parse(text) as { hooks: Record<string, Group[]> };
    for (const kept of [0, 1]) {
      const left = { ...settings.hooks, SessionStart: [settings.hooks['SessionStart']?.[kept]] };
      put(machine.settings, JSON.stringify({ hooks: left }));
      expect(differences(machine)).toEqual([
        { kind: 'missing', file: machine.settings, event: 'SessionStart' },
      ]);
      expect(() => verifyInstall(plan)).toThrow('hooks are missing for SessionStart');
    }
  });

  it.skipIf(process.platform === 'win32')(
    'leaves a program that does nothing for running sessions',
    async () => {
      const machine = fakeMachine();
      machine.install({ context: true });
      const command = sessionStart(machine)[1]?.hooks[0]?.command ?? '';
      const { stubs } = await machine.uninstall();
      expect(stubs).toEqual(['hooks/capture.sh', 'dist/context.cjs', 'node']);
      const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
      expect([status, stdout, stderr]).toEqual([0, '', '']);
      expect(existsSync(join(machine.paths.home, 'dist', 'cli.mjs'))).toBe(false);
    },
  );
});
