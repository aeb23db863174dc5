import { execFileSync } from 'node:child_process';
import {
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as RegularFile from '../../lib/base/regular-file.ts';
import type { FileInQuestion } from '../../lib/ingest/left-files.ts';

/** What happens just before a file is read and just after. */
const reading = vi.hoisted(() => ({ before: () => {}, after: () => {}, count: 0 }));
vi.mock(import('../../lib/base/regular-file.ts'), async (original) => {
  const actual: typeof RegularFile = await original();
  const readRegularBytes: typeof RegularFile.readRegularBytes = (...given) => {
    reading.count += 1;
    reading.before();
    try {
      return actual.readRegularBytes(...given);
    } finally {
      reading.after();
    }
  };
  return { ...actual, readRegularBytes };
});
vi.resetModules(); // test files share them
const { LeftFiles } = await import('../../lib/ingest/left-files.ts');

let root: string;
let project: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'left-files-')));
  project = join(root, 'project');
  mkdirSync(join(project, '.git'), { recursive: true });
});
afterEach(() => {
  Object.assign(reading, { before: () => {}, after: () => {}, count: 0 });
  rmSync(root, { recursive: true, force: true });
});

const at = (name: string): string => join(project, name);

/** Writes a file and returns a time after it: when capture could have written the event. */
function left(name: string, text: string | Buffer = `${name}\n`): number {
  writeFileSync(at(name), text);
  return after(name);
}

function after(name: string): number {
  return statSync(at(name)).ctimeMs + 1;
}

/** Waits until the clock of the file system has gone past a time. */
function pass(time: number): void {
  const probe = join(root, 'probe');
  do writeFileSync(probe, '');
  while (statSync(probe).ctimeMs <= time);
}

interface Race {
  readonly name: string;
  /** Just before the file is opened. */
  readonly before?: () => void;
  /** Just after it was read. */
  readonly after?: () => void;
}

interface Asked {
  readonly writtenAt: number;
  readonly cwd?: string;
  readonly isKept?: (path: string) => boolean;
  readonly changedAfter?: number;
  readonly home?: string;
}

function read(names: readonly string[], asked: Asked): Record<string, string | null> {
  const { writtenAt, cwd = project, isKept = () => true, changedAfter, home = '/home/dev' } = asked;
  const files = names.map((name): FileInQuestion => ({
    filePath: name,
    ...(changedAfter === undefined ? {} : { changedAfter }),
  }));
  const found = new LeftFiles(home).read(files, { cwd, writtenAt, isKept });
  return Object.fromEntries(found.map(({ filePath, text }) => [filePath, text]));
}

describe('LeftFiles', () => {
  it('reads what a command left, by absolute and relative names', () => {
    mkdirSync(at('sub'));
    left('a.ts', 'const é = 1;\n');
    const writtenAt = left('sub/b.ts');
    expect(read([at('a.ts'), '../a.ts', 'b.ts'], { writtenAt, cwd: at('sub') })).toEqual({
      [at('a.ts')]: 'const é = 1;\n',
      '../a.ts': 'const é = 1;\n',
      'b.ts': 'sub/b.ts\n',
    });
  });

  it('tells a removed file from one that was removed later', () => {
    left('kept.ts');
    left('gone.ts');
    unlinkSync(at('gone.ts'));
    const writtenAt = statSync(project).ctimeMs + 1;
    expect(read(['gone.ts', 'no/folder/gone.ts'], { writtenAt })).toEqual({
      'gone.ts': null,
      'no/folder/gone.ts': null,
    });
    pass(writtenAt);
    unlinkSync(at('kept.ts'));
    expect(read(['kept.ts', 'gone.ts'], { writtenAt })).toEqual({});
  });

  it.each<readonly [string, (name: string, writtenAt: number) => void]>([
    ['was written since', (name) => writeFileSync(at(name), 'later\n')],
    ['was appended to since', (name) => writeFileSync(at(name), 'later\n', { flag: 'a' })],
    [
      'was written since, with its time set back',
      (name, writtenAt) => {
        writeFileSync(at(name), 'later\n');
        utimesSync(at(name), 1, (writtenAt - 100) / 1000);
      },
    ],
    ['was replaced since by an older file', (name) => renameSync(join(root, 'older'), at(name))],
  ])('does not read a file that %s', (_, change) => {
    writeFileSync(join(root, 'older'), 'older\n');
    const writtenAt = left('a.ts');
    pass(writtenAt);
    change('a.ts', writtenAt);
    expect(read(['a.ts'], { writtenAt })).toEqual({});
  });

  describe('while it is being read', () => {
    const nothing = (): void => {};
    const aside = (): string => join(root, 'aside');
    const races: readonly Race[] = [
      { name: 'is written before', before: () => writeFileSync(at('sub/a.ts'), 'other\n') },
      { name: 'is written after', after: () => writeFileSync(at('sub/a.ts'), 'other\n') },
      {
        name: 'has another file in its place for a moment',
        before: () => {
          renameSync(at('sub/a.ts'), aside());
          writeFileSync(at('sub/a.ts'), 'other\n');
        },
        after: () => renameSync(aside(), at('sub/a.ts')),
      },
      {
        name: 'has a link out of the project in its place for a moment',
        before: () => {
          renameSync(at('sub/a.ts'), aside());
          symlinkSync(join(root, 'outside/a.ts'), at('sub/a.ts'));
        },
        after: () => renameSync(aside(), at('sub/a.ts')),
      },
      {
        name: 'has a link in place of its folder for a moment',
        before: () => {
          renameSync(at('sub'), aside());
          symlinkSync(join(root, 'outside'), at('sub'));
        },
        after: () => {
          unlinkSync(at('sub'));
          renameSync(aside(), at('sub'));
        },
      },
      {
        name: 'becomes a FIFO',
        before: () => {
          unlinkSync(at('sub/a.ts'));
          execFileSync('mkfifo', [at('sub/a.ts')]);
        },
      },
    ];

    it.each(races)(
      'does not read a file that $name',
      ({ before = nothing, after: afterwards = nothing }) => {
        mkdirSync(at('sub'));
        mkdirSync(join(root, 'outside'));
        writeFileSync(join(root, 'outside/a.ts'), 'secret\n');
        const writtenAt = left('sub/a.ts');
        pass(writtenAt);
        Object.assign(reading, { before, after: afterwards });
        expect(read(['sub/a.ts'], { writtenAt })).toEqual({});
        expect(reading.count).toBe(1);
      },
    );
  });

  it('reads no link, and nothing in a folder that a link leads out of the project', () => {
    mkdirSync(join(root, 'outside'));
    writeFileSync(join(root, 'outside/secret.ts'), 'secret\n');
    left('inside.ts');
    symlinkSync(join(root, 'outside/secret.ts'), at('link.ts'));
    symlinkSync(join(root, 'outside'), at('folder'));
    mkdirSync(at('sub'));
    left('sub/b.ts');
    symlinkSync(at('sub'), at('own-folder'));
    symlinkSync(at('inside.ts'), at('own-link.ts'));
    const writtenAt = Math.max(after('sub/b.ts'), statSync(join(root, 'outside')).ctimeMs + 1);
    const names = ['link.ts', 'folder/secret.ts', '../outside/secret.ts'];
    names.push('own-link.ts', 'own-folder/b.ts');
    expect(read(names, { writtenAt })).toEqual({ 'own-folder/b.ts': 'sub/b.ts\n' });
  });

  it('reads no second name of a file, which may lie outside the project', () => {
    writeFileSync(join(root, 'secret'), 'secret\n');
    linkSync(join(root, 'secret'), at('hard.ts'));
    expect(read(['hard.ts'], { writtenAt: after('hard.ts') })).toEqual({});
  });

  it('reads no folder and no FIFO, and waits for none', () => {
    execFileSync('mkfifo', [at('fifo')]);
    mkdirSync(at('folder'));
    symlinkSync(at('fifo'), at('link'));
    const writtenAt = statSync(project).ctimeMs + 1;
    expect(read(['fifo', 'folder', 'link'], { writtenAt })).toEqual({});
  });

  it('reads no file of gigabytes, none that is too large, and no more than its share of an event', () => {
    left('sparse.bin', '');
    truncateSync(at('sparse.bin'), 3 * 1024 ** 3);
    left('large.ts', 'x'.repeat(512 * 1024 + 1));
    const names = Array.from({ length: 12 }, (_, index) => `${index}.ts`);
    let writtenAt = after('sparse.bin');
    for (const name of names) writtenAt = left(name, 'x'.repeat(512 * 1024));
    const found = read(['sparse.bin', 'large.ts', ...names], { writtenAt });
    expect(Object.keys(found)).toEqual(names.slice(0, 8));
  });

  it('reads at most 200 files of an event', () => {
    const names = Array.from({ length: 203 }, (_, index) => `${index}.ts`);
    let writtenAt = 0;
    for (const name of names) writtenAt = left(name);
    expect(Object.keys(read(names, { writtenAt }))).toHaveLength(200);
  });

  it('reads text only', () => {
    left('zero.bin', Buffer.from([65, 0, 66]));
    left('latin.txt', Buffer.from([0xe9, 0x0a]));
    const writtenAt = left('empty.txt', '');
    expect(read(['zero.bin', 'latin.txt', 'empty.txt'], { writtenAt })).toEqual({
      'empty.txt': '',
    });
  });

  it('asks the capture policy for the name and for what it leads to', () => {
    mkdirSync(at('secrets'));
    left('secrets/key');
    left('.env');
    symlinkSync(at('secrets'), at('plain'));
    const writtenAt = left('a.ts');
    const isKept = (path: string): boolean => !/\.env$|secrets/.test(path);
    expect(read(['.env', 'plain/key', 'a.ts'], { writtenAt, isKept })).toEqual({
      'a.ts': 'a.ts\n',
    });
  });

  it('reads none of git’s own files', () => {
    const writtenAt = left('.git/config');
    expect(read(['.git/config'], { writtenAt })).toEqual({});
  });

  it('takes no folder for a project that holds the home of the user', () => {
    const writtenAt = left('a.ts');
    expect(read(['a.ts'], { writtenAt, home: project })).toEqual({});
    expect(read(['a.ts'], { writtenAt, home: at('sub/home') })).toEqual({});
    expect(read(['a.ts'], { writtenAt, home: root })).toEqual({ 'a.ts': 'a.ts\n' });
  });

  it('reads a file that only a command names if it changed while the command ran', () => {
    const writtenAt = left('a.ts');
    const changedAt = statSync(at('a.ts')).ctimeMs;
    expect(read(['a.ts', 'never.ts'], { writtenAt, changedAfter: changedAt - 1 })).toEqual({
      'a.ts': 'a.ts\n',
    });
    expect(read(['a.ts'], { writtenAt, changedAfter: changedAt + 0.5 })).toEqual({});
  });

  it('lives with names and folders that are none', () => {
    const writtenAt = left('a.ts');
    const odd = ['', '.', '..', '/', 'a\0b', 'x'.repeat(5000), 'a.ts/b'];
    expect(read(odd, { writtenAt })).toEqual({});
    expect(read(['a.ts'], { writtenAt, cwd: '' })).toEqual({});
    expect(read(['a.ts'], { writtenAt, cwd: join(root, 'nowhere') })).toEqual({});
    expect(read(['a.ts'], { writtenAt, cwd: `/${'x'.repeat(5000)}` })).toEqual({});
  });

  it('leaves no file open', () => {
    const writtenAt = left('a.ts');
    const file = openSync(at('a.ts'), 'r+');
    const next = openSync(at('a.ts'), 'r');
    closeSync(next);
    read(['a.ts', 'none.ts'], { writtenAt });
    const again = openSync(at('a.ts'), 'r');
    expect(again).toBe(next);
    closeSync(again);
    writeSync(file, '');
    closeSync(file);
  });
});
