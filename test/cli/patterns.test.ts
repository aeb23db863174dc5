import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY, fillSample, HOUR, NOW, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

const empty = new Sample();
const sample = new Sample();
beforeAll(() => fillSample(sample));
afterAll(() => {
  empty.remove();
  sample.remove();
});

async function idsOf(argv: string, overrides = {}): Promise<string[]> {
  const { out } = await run(sample, `patterns --json ${argv}`, overrides);
  return (JSON.parse(out) as { id: string }[]).map(({ id }) => id);
}

describe('patterns', () => {
  it('lists the newest first', async () => {
    const { exitCode, out } = await run(sample, 'patterns');
    expect(exitCode).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "ID                PROJECT  FILE          LANGUAGE    LINES  GEN  SEEN  LAST SEEN  CODE
      ab00000000000000  site     site.css      css             3    1     1  3 min ago  body { color: red }
      7cffffffffffffff  app      src/queue.ts  typescript      3    3     1  1 h ago    export function push() {
      7c1e09ab44d2f310  app      src/queue.ts  typescript      3    2     1  1 h ago    export function push() {
      19aa52c0de77b841  app      src/queue.ts  typescript      3    1     2  2 h ago    export function push() {
      "
    `);
  });

  it('cuts the widest column to the width of a terminal', async () => {
    const { out } = await run(sample, 'patterns', { isTTY: true, columns: 80 });
    expect(out).toMatchInlineSnapshot(`
      "ID        PROJECT  FILE          LINES  GEN  SEEN  LAST SEEN  CODE
      ab000000  site     site.css          3    1     1  3 min ago  body { color: red…
      7cffffff  app      src/queue.ts      3    3     1  1 h ago    export function p…
      7c1e09ab  app      src/queue.ts      3    2     1  1 h ago    export function p…
      19aa52c0  app      src/queue.ts      3    1     2  2 h ago    export function p…
      "
    `);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('prints an array of stable keys with --json', async () => {
    const { out } = await run(sample, 'patterns --json --language css');
    expect(JSON.parse(out)).toEqual([
      {
        id: 'ab00000000000000',
        name: 'site.css',
        language: 'css',
        lines: 3,
        origin: 'created',
        generation: 1,
        lineage_id: 'ab00000000000000',
        occurrences: 1,
        uses: 1,
        first_seen_at: '2026-11-24T11:00:00.000Z',
        last_seen_at: '2026-11-24T11:57:00.000Z',
        head: 'body { color: red }',
        file_path: '/w/site/site.css',
        start_line: null,
        session_id: '77e0d4b2-2222-4222-8222-222222222222',
        project_root: '/w/site',
        project_name: 'site',
      },
    ]);
  });

  it.each([
    ['--project site', ['ab00000000000000']],
    ['--project SITE', ['ab00000000000000']],
    ['--project /w/site', ['ab00000000000000']],
    ['--language CSS', ['ab00000000000000']],
    ['--session 77e0', ['ab00000000000000']],
    ['--since 5m', ['ab00000000000000']],
    ['--until 90m', ['19aa52c0de77b841']],
    ['--since 3h --until 90m', ['19aa52c0de77b841']],
    ['--since 3m --until 2m', []],
    ['--since 2026-11-24 --until 2026-11-24 --limit 1', ['ab00000000000000']],
    ['--until 2026-11-20', []],
    ['--sort used --limit 1', ['19aa52c0de77b841']],
    ['--limit 0 --project app', ['7cffffffffffffff', '7c1e09ab44d2f310', '19aa52c0de77b841']],
    ['--file site.css', ['ab00000000000000']],
    ['--file src/*.ts --limit 1', ['7cffffffffffffff']],
    ['--file copy.ts', ['19aa52c0de77b841']],
    ['--file none.rs', []],
  ])('keeps to %s', async (argv, ids) => {
    expect(await idsOf(argv)).toEqual(ids);
  });

  it('refuses a session that is not there', async () => {
    expect(await run(sample, 'patterns --session none')).toMatchObject({
      exitCode: 1,
      err: 'error: no session begins with "none"\n  `pattern-tracker sessions` lists what there is.\n',
    });
  });

  it('says with --until which library patterns there were', async () => {
    const declared = new Sample();
    try {
      declared.pattern('old', 'a', { lines: 3, first_seen_at: NOW - 2 * DAY });
      declared.pattern('new', 'b', { lines: 3 });
      const { out } = await run(declared, 'patterns --json --until 1d');
      expect(JSON.parse(out)).toMatchObject([{ id: 'old' }]);
    } finally {
      declared.remove();
    }
  });

  it('takes . for the project one is in', async () => {
    expect(await idsOf('--project .', { cwd: '/w/site/deep/inside' })).toEqual([
      'ab00000000000000',
    ]);
  });

  it('names the nearest project when there is none of that name', async () => {
    expect(await run(sample, 'patterns --project sit')).toEqual({
      exitCode: 1,
      out: '',
      err: 'error: nothing was recorded in a project "sit"\n  Did you mean --project site?\n',
    });
  });

  it('says so when nothing matches, and when there is nothing yet', async () => {
    expect((await run(sample, 'patterns --language cobol')).out).toBe('No patterns match.\n');
    expect((await run(empty, 'patterns')).out).toMatch(/^No patterns yet\. .*status/);
    expect((await run(empty, 'patterns --json')).out).toBe('[]\n');
  });

  it('leaves out what only a test wrote', async () => {
    const tested = new Sample();
    try {
      tested.pattern('ffff000000000000', 'test');
      tested.occurrence('ffff000000000000', 'event-9', { session_id: 'capture-test-1' });
      tested.pattern('eeee000000000000', 'by the library', { lines: 3 }); // no occurrence at all
      const ids = async (argv: string) =>
        (JSON.parse((await run(tested, argv)).out) as { id: string }[]).map(({ id }) => id);
      expect(await ids('patterns --json')).toEqual(['eeee000000000000']);
      expect(await ids('patterns --json --all')).toHaveLength(2);
    } finally {
      tested.remove();
    }
  });
});

describe('patterns that are too small', () => {
  const small = new Sample();
  const ids = async (argv: string) =>
    (JSON.parse((await run(small, `patterns --json ${argv}`)).out) as { id: string }[]).map(
      ({ id }) => id,
    );
  const words = (count: number) => Array.from({ length: count }, (_, at) => `w${at}`).join(' ');
  beforeAll(() => {
    small.pattern('aaaa000000000000', 'return 1;\n', { lines: 1 });
    small.pattern('bbbb000000000000', `${words(20)}\n${words(19)}`, { lines: 2 });
    small.pattern('cccc000000000000', `${words(20)}\n${words(20)}`, { lines: 2 });
    small.pattern('dddd000000000000', `${words(19)} ${'('.repeat(21)}`, { lines: 1 });
    small.pattern('eeee000000000000', 'a\nb\nc', { lines: 3 });
  });
  afterAll(() => small.remove());

  it('are left out, and counted', async () => {
    expect(await ids('')).toEqual(['cccc000000000000', 'dddd000000000000', 'eeee000000000000']);
    expect(await ids('--all')).toHaveLength(5);
    expect((await run(small, 'patterns')).err).toBe(
      '2 too small to tell anything; --all for them\n',
    );
    expect((await run(small, 'patterns --limit 1')).err).toBe(
      '1 of 3; --limit 0 for all\n2 too small to tell anything; --all for them\n',
    );
    expect((await run(small, 'patterns', { isTTY: true })).out).toMatch(/\n2 too small [^\n]+\n$/);
    expect((await run(small, 'patterns --all')).err).toBe('');
    expect((await run(small, 'patterns --json')).err).toBe('');
  });

  it('are counted among those that match', async () => {
    small.occurrence('aaaa000000000000', 'event-1', { file_path: '/w/small.ts' });
    expect(await run(small, 'patterns --file small.ts')).toEqual({
      exitCode: 0,
      out: 'No patterns match.\n',
      err: '1 too small to tell anything; --all for them\n',
    });
    expect(await ids('--file small.ts --all')).toEqual(['aaaa000000000000']);
  });
});

describe('how often a pattern was used', () => {
  const used = new Sample();
  const seen = async (argv = '') =>
    (
      JSON.parse((await run(used, `patterns --json --sort used ${argv}`)).out) as {
        id: string;
        uses: number;
        occurrences: number;
      }[]
    ).map(({ id, uses, occurrences }) => [id[0], uses, occurrences]);
  beforeAll(() => {
    const add = (id: string, places: readonly [event: string, file: string][], row = {}) => {
      used.pattern(id, `${id}\n\n;`, { occurrences: places.length || 1, ...row });
      for (const [ordinal, [event, file]] of places.entries()) {
        used.occurrence(id, event, { ordinal, file_path: file });
      }
    };
    add('aaaa', Array(9).fill(['replace-all', '/w/a.ts']));
    add('bbbb', [
      ['one', '/w/b.ts'],
      ['two', '/w/b.ts'],
      ['two', '/w/c.ts'],
    ]);
    add('cccc', [
      ['three', '/w/b.ts'],
      ['four', '/w/b.ts'],
    ]);
    add('dddd', [], { last_seen_at: NOW }); // by the library
    add('eeee', [
      ['five', '/w/b.ts'],
      ['five', '/w/b.ts'],
      ['five', '/w/d.ts'],
    ]);
  });
  afterAll(() => used.remove());

  it('counts all places of one call in one file once', async () => {
    const all = [
      ['b', 3, 3],
      ['c', 2, 2],
      ['e', 2, 3],
      ['d', 1, 1],
      ['a', 1, 9],
    ];
    expect(await seen()).toEqual(expect.arrayContaining(all));
    expect((await seen()).map(([, uses]) => uses)).toEqual([3, 2, 2, 1, 1]);
    for (const limit of [1, 2, 3, 4]) {
      const most = all.map(([, uses]) => uses).slice(0, limit);
      expect((await seen(`--limit ${limit}`)).map(([, uses]) => uses)).toEqual(most);
    }
    expect(await seen('--limit 1')).toEqual([['b', 3, 3]]);
  });

  it('is what the list and show say', async () => {
    expect((await run(used, 'patterns --sort used --limit 0')).out).toMatch(
      /\naaaa .* 1  1 min ago/,
    );
    expect((await run(used, 'show aaaa')).out).toContain('seen 1 time');
  });
});

describe('hostile text', () => {
  const hostile = new Sample();
  beforeAll(() => {
    hostile.pattern('dead000000000000', '\u001b]0;owned\u0007\u001b[2Jrm -rf\r\n\u202eevil', {
      name: 'a\u001b[31m\nb\u0000\u009b2J.ts',
      lines: 3,
      last_seen_at: NOW - HOUR,
    });
  });
  afterAll(() => hostile.remove());

  it('reaches no terminal, in colour or without', async () => {
    for (const color of [true, false]) {
      const { out } = await run(hostile, 'patterns', { color });
      // oxlint-disable-next-line no-control-regex -- the colours are its own
      const own = out.replaceAll(/\u001b\[(?:2|22|33|39)m/g, '');
      // oxlint-disable-next-line no-control-regex -- it looks for control characters
      expect(own).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      expect(own).toContain('a b.ts');
      expect(own).toContain('rm -rf');
    }
  });

  it('stays whole in JSON, as escapes', async () => {
    const { out } = await run(hostile, 'patterns --json');
    // oxlint-disable-next-line no-control-regex -- it looks for control characters
    expect(out.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    expect(JSON.parse(out)).toMatchObject([{ name: 'a\u001b[31m\nb\u0000\u009b2J.ts' }]);
  });

  it('is no path to another column: a wide character counts two', async () => {
    const wide = new Sample();
    try {
      wide.pattern('aaaa000000000000', 'x', { name: '漢字.ts' });
      wide.pattern('bbbb000000000000', 'x', { name: 'abcd.ts', last_seen_at: NOW - HOUR });
      expect((await run(wide, 'patterns --all')).out).toMatchInlineSnapshot(`
        "ID                FILE     LANGUAGE    LINES  GEN  SEEN  LAST SEEN  CODE
        aaaa000000000000  漢字.ts  typescript      1    1     1  1 min ago  x
        bbbb000000000000  abcd.ts  typescript      1    1     1  1 h ago    x
        "
      `);
    } finally {
      wide.remove();
    }
  });
});
