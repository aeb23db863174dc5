import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillSample, HOUR, MINUTE, NOW, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

const sample = new Sample();
beforeAll(() => fillSample(sample));
afterAll(() => sample.remove());

describe('show', () => {
  it('shows code, occurrences and lineage', async () => {
    const { exitCode, out } = await run(sample, 'show 7c1e');
    expect(exitCode).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "7c1e09ab44d2f310  src/queue.ts
      typescript · 3 lines · generation 2 · seen 1 time · last 1 h ago

      1 │ export function push() {
      2 │   return 2;
      3 │ }

      Occurrences
      ACTION    WHERE             TOOL   SESSION   PROJECT  WHEN
      modified  src/queue.ts:1-3  Write  3f2a9c10  app      1 min ago

      Lineage
      19aa52c0de77b841  queue.ts  gen 1
      └─ 7c1e09ab44d2f310  queue.ts  gen 2  ◀ this one
         └─ 7cffffffffffffff  queue.ts  gen 3
      "
    `);
  });

  it('names which part is new, and all parents with their shares', async () => {
    const shared = new Sample();
    try {
      for (const [id, name] of [
        ['aaaa000000000000', 'a.ts'],
        ['bbbb000000000000', 'b.ts'],
        ['cccc000000000000', 'c.ts'],
      ] as const) {
        shared.pattern(id, `code of ${name}`, { name, generation: id.startsWith('c') ? 2 : 1 });
        shared.occurrence(id, `event-${id}`, { at: NOW - HOUR });
      }
      shared.occurrence('cccc000000000000', 'event-later', {
        action: 'applied',
        authorship: 'moved',
        authored_share: 0,
      });
      shared.edge('cccc000000000000', 'bbbb000000000000');
      shared.edge('cccc000000000000', 'aaaa000000000000', { position: 1 });
      shared.database.exec(
        `UPDATE occurrences SET authored_share = 0.72 WHERE event_id = 'event-cccc000000000000';
         INSERT INTO occurrence_parents VALUES
           ('event-cccc000000000000', 0, 0, 'event-bbbb000000000000', 0, 0.5),
           ('event-cccc000000000000', 0, 1, 'event-aaaa000000000000', 0, 0.25),
           ('event-cccc000000000000', 0, 2, 'event-past-retention', 0, 0.125)`,
      );
      const { out } = await run(shared, 'show cccc');
      expect(out).toContain('typescript · 1 line · 72 % new · generation 2');
      expect(out).toMatch(/\nACTION +WHERE +NEW +TOOL/);
      expect(out).toMatch(/\napplied .* moved {2}Write/);
      expect(out).toContain(
        `Parents
 50 %  bbbb000000000000  b.ts  gen 1
 25 %  aaaa000000000000  a.ts  gen 1
 13 %  past retention
 13 %  not Claude
`,
      );
      const json = JSON.parse((await run(shared, 'show cccc --json')).out) as Record<
        string,
        unknown
      >;
      expect(json).toMatchObject({
        pattern: { authored_share: 0.72 },
        parents: [
          { id: 'bbbb000000000000', name: 'b.ts', generation: 1, share: 0.5 },
          { id: 'aaaa000000000000', name: 'a.ts', generation: 1, share: 0.25 },
          { id: null, name: null, generation: null, share: 0.125 },
        ],
        occurrences: [
          { authorship: 'moved', authored_share: 0 },
          { authorship: 'authored', authored_share: 0.72 },
        ],
      });
    } finally {
      shared.remove();
    }
  });

  it('names the parents that an earlier release told without shares', async () => {
    const { out } = await run(sample, 'show 7c1e --json');
    expect(JSON.parse(out)).toMatchObject({
      pattern: { authored_share: null },
      parents: [{ id: '19aa52c0de77b841', name: 'queue.ts', generation: 1, share: null }],
    });
  });

  it('shows a diff against the parent', async () => {
    const { exitCode, out } = await run(sample, 'show 7c1e --diff');
    expect(exitCode).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "7c1e09ab44d2f310  src/queue.ts
      typescript · 3 lines · generation 2 · seen 1 time · last 1 h ago

      The event that wrote it is past retention, so whole patterns are compared.

      --- 19aa52c0de77b841/queue.ts
      +++ 7c1e09ab44d2f310/queue.ts
      @@ -1,4 +1,3 @@
      -
       export function push() {
      -  return 1;
      +  return 2;
       }
      "
    `);
    const { out: painted } = await run(sample, 'show 7c1e --diff', { color: true });
    expect(painted).toContain(
      '\u001b[31m-  return 1;\u001b[39m\n\u001b[32m+  return 2;\u001b[39m\n',
    );
  });

  it('says that there is no parent to compare with', async () => {
    const { exitCode, out } = await run(sample, 'show 19aa --diff');
    expect(exitCode).toBe(0);
    expect(out).toContain('\nIt was made from no other pattern, so there is nothing to compare.\n');
  });

  it('puts the diff in JSON when it is asked to', async () => {
    const diffOf = async (argv: string) =>
      (JSON.parse((await run(sample, argv)).out) as { diff?: object | null }).diff;
    expect(await diffOf('show 7c1e --diff --json')).toEqual({
      parent_id: '19aa52c0de77b841',
      unified: expect.stringMatching(/^--- 19aa52c0de77b841\/queue\.ts\n\+\+\+ /) as string,
      is_exact: false,
    });
    expect(await diffOf('show 19aa --diff --json')).toBeNull();
    expect(await diffOf('show 7c1e --json')).toBeUndefined();
  });

  it('finds a pattern by capital letters, too', async () => {
    expect((await run(sample, 'show AB0')).out).toContain('body { color: red }');
  });

  it('says how many occurrences it left out', async () => {
    expect((await run(sample, 'show 19 --limit 1')).out).toContain('1 of 2; --limit 0 for all');
    expect((await run(sample, 'show 19 --limit 0')).out).toContain('src/copy.ts:7 ');
    const whole = await run(sample, 'show 19 --json');
    const { occurrences } = JSON.parse(whole.out) as { occurrences: unknown[] };
    const later = await run(sample, 'show 19 --limit 1 --page 2 --json');
    expect(JSON.parse(later.out)).toMatchObject({ occurrences: occurrences.slice(1) });
    const text = (await run(sample, 'show 19 --limit 1 --page 2')).out;
    expect(text).toContain('2 to 2 of 2\n');
    expect(text.split('\n')[0]).toBe((await run(sample, 'show 19')).out.split('\n')[0]);
    expect((await run(sample, 'show 19 --page 2')).out).toContain('None of 2\n');
  });

  it('lists the candidates of an ambiguous beginning', async () => {
    const { exitCode, out, err } = await run(sample, 'show 7c');
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toMatchInlineSnapshot(`
      "error: more than one pattern begins with "7c"
        Give more characters of one of them:
        7cffffffffffffff  typescript  src/queue.ts  1 h ago
        7c1e09ab44d2f310  typescript  src/queue.ts  1 h ago
      "
    `);
  });

  it('prefers the pattern whose whole id was given', async () => {
    const twins = new Sample();
    try {
      twins.pattern('abc', 'short id');
      twins.pattern('abcd', 'longer id');
      expect((await run(twins, 'show abc')).out).toContain('short id');
    } finally {
      twins.remove();
    }
  });

  it('prints all of it with --json', async () => {
    const shown = JSON.parse((await run(sample, 'show 19aa --json')).out) as object;
    expect(shown).toMatchObject({
      pattern: {
        id: '19aa52c0de77b841',
        code: '\nexport function push() {\n  return 1;\n}\n',
        last_seen_at: '2026-11-24T10:00:00.000Z',
      },
      occurrences: [
        { action: 'created', file_path: '/w/app/src/queue.ts', start_line: 1, end_line: 3 },
        { action: 'applied', file_path: '/w/app/src/copy.ts', at: '2026-11-24T09:59:00.000Z' },
      ],
      lineage: {
        ancestors: [],
        descendants: [
          { id: '7c1e09ab44d2f310', via_id: '19aa52c0de77b841', depth: 1 },
          { id: '7cffffffffffffff', via_id: '7c1e09ab44d2f310', depth: 2 },
        ],
        is_cut: false,
      },
    });
  });

  it('ends where lineage goes round in a circle', async () => {
    const circle = new Sample();
    try {
      for (const id of ['aaaa', 'bbbb', 'cccc']) circle.pattern(id, id);
      circle.edge('bbbb', 'aaaa');
      circle.edge('cccc', 'bbbb');
      circle.edge('aaaa', 'cccc');
      const { exitCode, out } = await run(circle, 'show bbbb');
      expect(exitCode).toBe(0);
      expect(out.slice(out.indexOf('Lineage'))).toMatchInlineSnapshot(`
        "Lineage
        cccc  queue.ts  gen 1
        └─ aaaa  queue.ts  gen 1
           └─ bbbb  queue.ts  gen 1  ◀ this one
              └─ cccc  queue.ts  gen 1
                 └─ aaaa  queue.ts  gen 1
        "
      `);
    } finally {
      circle.remove();
    }
  });

  it('says where a long lineage is cut', async () => {
    const long = new Sample();
    try {
      for (let index = 0; index < 25; index++) {
        long.pattern(`f${String(index).padStart(2, '0')}`, 'x', { generation: index + 1 });
        if (index > 0) {
          long.edge(`f${String(index).padStart(2, '0')}`, `f${String(index - 1).padStart(2, '0')}`);
        }
      }
      const { out } = await run(long, 'show f00');
      expect(out).toContain('f20');
      expect(out).not.toContain('f21');
      expect(out).toContain('… cut after 20 steps or 200 patterns');
    } finally {
      long.remove();
    }
  });

  it('prints code that would steer the terminal as harmless text', async () => {
    const hostile = new Sample();
    try {
      hostile.pattern('dead', 'a\u001b[2J\u001b]0;owned\u0007b\r\n\tc\u202ed\u009b31m', {
        name: 'x\u001b[31m.ts',
      });
      hostile.occurrence('dead', 'event-1', { file_path: '/w/\u001b[5mx\n.ts', at: NOW - HOUR });
      const { out } = await run(hostile, 'show dead', { color: false });
      // oxlint-disable-next-line no-control-regex -- it looks for control characters
      expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      expect(out).toContain('1 │ ab\n2 │   cd');
    } finally {
      hostile.remove();
    }
  });

  it('has nothing to show of a stranger in the tree but its id', async () => {
    const orphan = new Sample();
    try {
      orphan.pattern('abcd', 'x', { last_seen_at: NOW - MINUTE });
      orphan.edge('abcd', 'eeee');
      expect((await run(orphan, 'show abcd')).out).toContain('eeee  not stored  gen ?\n└─ abcd');
    } finally {
      orphan.remove();
    }
  });
});
