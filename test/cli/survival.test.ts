import { mkdirSync, renameSync, rmSync } from 'node:fs';
import stringWidth from 'string-width';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FIRST, RecordedProject, SECOND } from './recorded-project.ts';
import { Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

let project: RecordedProject;
beforeEach(() => (project = new RecordedProject()));
afterEach(() => project.remove());

/** Ten lines that are like no others. */
function lines(name: string): string[] {
  return Array.from(
    { length: 10 },
    (_, at) => `export const ${name}${at} = '${name} number ${at}';`,
  );
}

function text(parts: readonly string[]): string {
  return `${parts.join('\n')}\n`;
}

async function survival(argv = ''): Promise<Record<string, unknown>> {
  const { out, err, exitCode } = await run(project, `survival --json ${argv}`, {
    cwd: project.root,
  });
  expect([exitCode, err]).toEqual([0, '']);
  return JSON.parse(out) as Record<string, unknown>;
}

/** `[written, stands, by Claude, by others, gone, unknown]` */
function numbers(of: unknown): unknown[] {
  const { written, stands, reworked_by_claude, reworked_by_others, gone, unknown } = of as Record<
    string,
    unknown
  >;
  return [written, stands, reworked_by_claude, reworked_by_others, gone, unknown];
}

describe('survival', () => {
  it('tells what stands from what Claude and others replaced, and from what is gone', async () => {
    const first = lines('first');
    project.write('a.ts', text(first), null);
    expect(numbers(await survival())).toEqual([10, 10, 0, 0, 0, 0]);

    const edited = text(first).replace(first[0] ?? '', 'export const better = 1234;');
    project.edit('a.ts', [text(first), edited], {
      old: first[0] ?? '',
      now: 'export const better = 1234;',
    });
    expect(numbers(await survival())).toEqual([11, 10, 1, 0, 0, 0]);

    const rows = edited.split('\n');
    rows[5] = '// somebody thought otherwise';
    rows.splice(8, 2);
    project.byHand('a.ts', rows.join('\n'));
    expect(numbers(await survival())).toEqual([11, 7, 1, 1, 2, 0]);
    // Who wrote it later, without telling of it, makes no difference.
    const after = text([...rows.slice(0, -1), 'export const last = "one more";']);
    project.write('a.ts', after, rows.join('\n'));
    expect(numbers(await survival())).toEqual([12, 8, 1, 1, 2, 0]);
  });

  it('counts what moved where it stands, and what was deleted as gone', async () => {
    project.write('a.ts', text(lines('a')), null);
    project.write('b.ts', text(lines('b')), null);
    const all = text([...lines('b'), ...lines('a').slice(0, 6)]);
    project.write('b.ts', all, text(lines('b')));
    project.byHand('a.ts', text(lines('a').slice(6)));
    rmSync(project.path('a.ts'));
    const found = await survival('--by file');
    expect(found).toMatchObject({ files: { compared: 1, gone: 1, unread: [] }, is_cut: false });
    const [written, stands, , , gone] = numbers(found);
    expect([written, Number(stands) + Number(gone)]).toEqual([26, 26]);
    expect(found['groups']).toMatchObject([
      { key: project.path('b.ts'), written: 16, stands: 16 },
      { key: project.path('a.ts'), written: 10, stands: 0, gone: 10 },
    ]);
  });

  it('finds formatted lines standing', async () => {
    project.write('a.ts', text(lines('first')), null);
    project.byHand('a.ts', text(lines('first').map((line) => `  ${line.replaceAll("'", '"')}`)));
    expect(numbers(await survival())).toEqual([10, 10, 0, 0, 0, 0]);
  });

  it('compares what holds secrets on disk', async () => {
    const secret =
      'sk-ant-api03-AbCdEf0123456789AbCdEf0123456789AbCdEf0123456789AbCdEf0123456789AbCdEf0123456789AbCdEf01-AAAAAAAA';
    const withKey = (key: string) => text([...lines('a'), `const token = '${key}';`]);
    project.write('a.ts', withKey('[redacted:anthropic]'), null);
    project.byHand('a.ts', withKey(secret));
    expect(numbers(await survival())).toEqual([11, 11, 0, 0, 0, 0]);
  });

  it('says what cannot be read, and does not know what became of it', async () => {
    project.write('a.ts', text(lines('a')), null);
    project.write('b.ts', text(lines('b')), null);
    rmSync(project.path('b.ts'));
    mkdirSync(project.path('b.ts'));
    const found = await survival();
    expect(numbers(found)).toEqual([10, 10, 0, 0, 0, 10]);
    expect(found['files']).toEqual({
      compared: 1,
      gone: 0,
      unread: [
        {
          file: project.path('b.ts'),
          reason: `${project.path('b.ts')}: it is a folder, not a file`,
        },
      ],
    });
    const { out } = await run(project, 'survival');
    expect(out).toMatch(
      /\n1 file cannot be read:\n {2}~\/project\/b\.ts: it is a folder, not a file\n$/,
    );
  });

  it('does not know what became of code that an earlier release recorded', async () => {
    project.write('a.ts', text(lines('a')), null);
    project.database.exec('UPDATE occurrences SET authored_share = NULL; DELETE FROM file_states');
    expect(numbers(await survival())).toEqual([0, 0, 0, 0, 0, 10]);
  });

  it.each([
    ['age', ['under a day']],
    ['session', [FIRST, SECOND]],
    ['language', ['typescript']],
    ['model', [null]],
  ])('puts lines together by %s', async (by, keys) => {
    project.write('a.ts', text(lines('a')), null, FIRST);
    project.write('b.ts', text(lines('b')), null, SECOND);
    const groups = (await survival(`--by ${by}`))['groups'] as { key: string | null }[];
    expect(new Set(groups.map(({ key }) => key))).toEqual(new Set(keys));
    expect((await run(project, `survival --by ${by}`)).exitCode).toBe(0);
  });

  it('keeps to a project and a time', async () => {
    project.write('a.ts', text(lines('a')), null);
    expect(numbers(await survival('--project .'))).toEqual([10, 10, 0, 0, 0, 0]);
    expect(numbers(await survival('--since 5m'))).toEqual([0, 0, 0, 0, 0, 0]);
    expect(numbers(await survival('--until 5m'))).toEqual([10, 10, 0, 0, 0, 0]);
    expect((await run(project, 'survival --project none')).exitCode).toBe(1);
  });

  it('prints a table that fits, with all of it at the end', async () => {
    project.write('a.ts', text(lines('a')), null);
    renameSync(project.path('a.ts'), project.path('moved.ts'));
    project.write('b.ts', text(lines('b')), null, SECOND);
    const { out } = await run(project, 'survival --by session');
    expect(out).toMatchInlineSnapshot(`
      "SESSION   LINES  STAND   PART  BY CLAUDE  BY OTHERS  GONE
      bbbb2222     10     10  100 %          0          0     0
      aaaa1111     10      0    0 %          0          0    10
      all          20     10   50 %          0          0    10
      Not there any more: 1 file. What was moved by hand counts as gone.
      "
    `);
    const later = await run(project, 'survival --by session --limit 1 --page 2');
    expect(later.out).toContain('\naaaa1111 ');
    expect(later.out).toContain('\nall ');
    expect(later.out).toContain('\n2 to 2 of 2\n');
    expect(later.out).not.toContain('bbbb2222');
    for (const columns of [30, 40, 60, 80]) {
      const { out: narrow } = await run(project, 'survival --by file', {
        isTTY: true,
        columns,
        lines: 99,
      });
      const table = narrow.split('\n').filter((line) => !line.includes('Not there'));
      for (const line of table) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    }
  });

  it('has nothing to say without a database', async () => {
    const empty = new Sample();
    try {
      expect((await run(empty, 'survival')).out).toBe("No code of Claude's matches.\n");
      expect(JSON.parse((await run(empty, 'survival --json')).out)).toMatchObject({
        written: 0,
        groups: [],
      });
    } finally {
      empty.remove();
    }
  });
});
