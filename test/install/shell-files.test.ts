import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readManifest } from '../../lib/install/manifest.ts';
import { SHELL_FILE_KINDS, shellFilePaths } from '../../lib/install/shell-files.ts';
import { fakeMachine, put } from './fake-machine.ts';

function wanted(userHome: string, content = 'text') {
  const places = shellFilePaths({}, userHome);
  return SHELL_FILE_KINDS.map((kind) => ({ kind, path: places[kind], content }));
}

describe('the files for shells', () => {
  it('go where each shell looks, and XDG variables move them', () => {
    expect(shellFilePaths({}, '/u')).toEqual({
      bash: '/u/.local/share/bash-completion/completions/pattern-tracker',
      zsh: '/u/.local/share/zsh/site-functions/_pattern-tracker',
      fish: '/u/.config/fish/completions/pattern-tracker.fish',
      man: '/u/.local/share/man/man1/pattern-tracker.1',
    });
    expect(shellFilePaths({ XDG_DATA_HOME: '/d', XDG_CONFIG_HOME: '/c' }, '/u')).toEqual({
      bash: '/d/bash-completion/completions/pattern-tracker',
      zsh: '/d/zsh/site-functions/_pattern-tracker',
      fish: '/c/fish/completions/pattern-tracker.fish',
      man: '/d/man/man1/pattern-tracker.1',
    });
    expect(shellFilePaths({ XDG_DATA_HOME: 'not/absolute' }, '/u').man).toMatch(/^\/u\//);
  });

  it('are written, listed in the manifest, brought up to date, and taken away', async () => {
    const machine = fakeMachine();
    const files = wanted(machine.userHome);
    machine.install({ shellFiles: files });
    const paths = files.map(({ path }) => path);
    expect(readManifest(machine.paths.home)?.shellFiles.map(({ path }) => path)).toEqual(paths);
    expect(paths.map((path) => statSync(path).mode & 0o777)).toEqual(paths.map(() => 0o644));

    expect(machine.install({ shellFiles: files }).shellFiles.write).toEqual([]);
    machine.install(); // keeps them
    machine.install({ shellFiles: wanted(machine.userHome, 'newer') });
    expect(paths.map((path) => readFileSync(path, 'utf8'))).toEqual(paths.map(() => 'newer'));

    const { shellFiles } = await machine.uninstall();
    expect(shellFiles).toEqual(paths);
    expect(paths.filter((path) => existsSync(path))).toEqual([]);
  });

  it('leave no folder that was made for them, and every other one', async () => {
    const machine = fakeMachine();
    const files = wanted(machine.userHome);
    const own = join(machine.userHome, '.local/share/zsh');
    mkdirSync(own, { recursive: true }); // empty, but somebody else's
    machine.install({ shellFiles: files });
    machine.install({ shellFiles: files });
    put(join(machine.userHome, '.config/fish/config.fish'), '# mine');
    machine.install({ shellFiles: [] });
    expect(readdirSync(join(machine.userHome, '.local/share'))).toEqual(['zsh']);
    expect(readdirSync(own)).toEqual([]);
    expect(readdirSync(join(machine.userHome, '.config/fish'))).toEqual(['config.fish']);
    machine.install({ shellFiles: files });
    await machine.uninstall();
    expect(readdirSync(join(machine.userHome, '.local'))).toEqual(['share']);
  });

  it('stay while another scope needs the program, and go alone on request', async () => {
    const machine = fakeMachine();
    const files = wanted(machine.userHome);
    machine.install({ shellFiles: files });
    machine.install({ scope: 'local' });
    expect((await machine.uninstall('local')).shellFiles).toEqual([]);
    expect(existsSync(files[0]?.path ?? '')).toBe(true);
    machine.install({ shellFiles: [] });
    expect(existsSync(files[0]?.path ?? '')).toBe(false);
    expect(readManifest(machine.paths.home)?.shellFiles).toEqual([]);
  });

  it('of somebody else, or changed since, are left alone', async () => {
    const machine = fakeMachine();
    const files = wanted(machine.userHome);
    const [bash, zsh] = files;
    put(bash?.path ?? '', 'theirs');
    const { shellFiles } = machine.install({ shellFiles: files });
    expect(shellFiles.taken).toEqual([bash?.path]);
    put(zsh?.path ?? '', 'changed');
    await machine.uninstall();
    expect(readFileSync(bash?.path ?? '', 'utf8')).toBe('theirs');
    expect(readFileSync(zsh?.path ?? '', 'utf8')).toBe('changed');
  });
});
