// Settings files that a project wrote: reading them neither blocks, nor overflows the stack, nor fills memory.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSettings } from '../../../lib/install/settings/settings-text.ts';
import { readRegistration } from '../../../lib/install/settings/registration.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
  mkdirSync(join(folder, '.claude'));
  file = join(folder, '.claude', 'settings.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const errorOfProject = () => {
  const env = { HOME: join(folder, 'home') };
  const { settings } = readRegistration({ env, cwd: folder, paths: { home: folder } });
  return settings.find(({ scope }) => scope === 'project')?.error;
};

describe('a settings file', () => {
  it('that is a FIFO is not waited for', () => {
    execFileSync('mkfifo', [file]);
    expect(errorOfProject()).toBe(`${file}: it is a FIFO, not a file`);
  });

  it('of gigabytes is not read', () => {
    writeFileSync(file, '{}');
    truncateSync(file, 3_000_000_000);
    expect(errorOfProject()).toMatch(/it holds more than 1048576 bytes/);
  });

  it.each(['[', '{"a":', '{"a":[', '/* " */ ['])(
    'that begins %s without end is refused',
    (begin) => {
      writeFileSync(file, begin.repeat(100_000));
      expect(errorOfProject()).toMatch(/settings\.json:1:\d+: it is nested deeper than 200 levels/);
    },
  );

  it('with more values than settings have is refused', () => {
    writeFileSync(file, `{"a":[${'1,'.repeat(300_000)}1]}`);
    expect(errorOfProject()).toMatch(/it has more than 200000 values/);
  });

  it('may hold what it likes in strings and comments', () => {
    const brackets = '['.repeat(1_000);
    const text = `{\n// ${brackets}"\n/* ${brackets} */ "hooks": {}, "x": "${brackets}\\"" }`;
    expect(parseSettings(text, file).hooks?.type).toBe('object');
  });
});
