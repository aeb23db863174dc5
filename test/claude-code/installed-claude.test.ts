import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { installedClaudes } from '../../lib/claude-code/installed-claude.ts';
import { put } from '../install/fake-machine.ts';

/** A home in which these files exist, and what is found there. */
function find(
  files: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>> = {},
  { mayRun = false, path = '' } = {},
) {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'claudes-')));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    put(join(home, name), content);
    chmodSync(join(home, name), 0o755);
  }
  for (const [name, target] of Object.entries(links)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    symlinkSync(join(home, target), join(home, name));
  }
  const env = { HOME: home, PATH: path ? join(home, path) : '' };
  return installedClaudes({
    env,
    node: join(home, 'node', 'bin', 'node'),
    mayRun,
    systemFolders: [join(home, 'brew', 'bin')],
  }).map((one) => ({ ...one, path: one.path.slice(home.length + 1) }));
}

const MANIFEST = '{"name":"@anthropic-ai/claude-code","version":"2.1.220"}';
const REFUSES = '#!/bin/sh\nexit 1\n';

describe('installedClaudes', () => {
  it('finds the one of the native installer, whose file is named after its version', () => {
    const file = '.local/share/claude/versions/2.1.330';
    expect(find({ [file]: REFUSES }, { '.local/bin/claude': file })).toEqual([
      { path: file, version: '2.1.330' },
    ]);
  });

  it.each([
    ['beside the running Node.js', 'node/bin/claude'],
    ["in npm's own folder of a user", '.npm-global/bin/claude'],
    ["in Claude Code's folder", '.claude/local/node_modules/.bin/claude'],
    ['of Homebrew', 'brew/bin/claude'],
  ])('finds the npm package %s', (_, link) => {
    const folder = 'lib/node_modules/@anthropic-ai/claude-code';
    const files = { [`${folder}/cli.js`]: REFUSES, [`${folder}/package.json`]: MANIFEST };
    expect(find(files, { [link]: `${folder}/cli.js` })).toEqual([
      { path: `${folder}/cli.js`, version: '2.1.220' },
    ]);
  });

  it.each(['.vscode', '.cursor', '.windsurf', '.vscode-server'])(
    "finds an editor's extension in ~/%s",
    (editor) => {
      const name = 'anthropic.claude-code-2.1.331-linux-x64';
      const others = ['other.claude-code-9.9.9', 'anthropic.claude-code-beta'];
      const files = [name, ...others].map((one) => [
        `${editor}/extensions/${one}/package.json`,
        '',
      ]);
      expect(find(Object.fromEntries(files) as Record<string, string>)).toEqual([
        { path: `${editor}/extensions/${name}`, version: '2.1.331' },
      ]);
    },
  );

  it('asks a program on PATH that tells its version nowhere else, if it may', () => {
    const files = { 'bin/claude': '#!/bin/sh\necho "2.1.7 (Claude Code)"\n' };
    const found = [{ path: 'bin/claude', version: '2.1.7' }];
    expect(find(files, {}, { path: 'bin', mayRun: true })).toEqual(found);
    expect(find(files, {}, { path: 'bin', mayRun: false })).toEqual([]);
  });

  it('lists each one once, and nothing that does not answer', () => {
    const files = { 'bin/claude': REFUSES, '.local/share/claude/versions/2.1.1': REFUSES };
    const links = {
      '.local/bin/claude': '.local/share/claude/versions/2.1.1',
      '.bun/bin/claude': '.local/share/claude/versions/2.1.1',
    };
    expect(find(files, links, { path: 'bin', mayRun: true })).toHaveLength(1);
  });
});
