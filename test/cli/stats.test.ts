import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RecordedProject, SECOND } from './recorded-project.ts';
import { MINUTE, NOW, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

let project: RecordedProject;
beforeEach(() => (project = new RecordedProject()));
afterEach(() => project.remove());

async function stats(argv = ''): Promise<Record<string, unknown>> {
  const { out, err, exitCode } = await run(project, `stats --json ${argv}`, { cwd: project.root });
  expect([exitCode, err]).toEqual([0, '']);
  return JSON.parse(out) as Record<string, unknown>;
}

const TEXT = 'export const one = 1;\nexport const two = 2;\nexport const three = 3;\n';

it('adds up calls, code and what still stands of it, with keys that stay', async () => {
  project.write('src/a.ts', TEXT, null);
  const edited = TEXT.replace('one = 1', 'one = 11');
  project.edit('src/a.ts', [TEXT, edited], { old: 'one = 1', now: 'one = 11' });
  const told = await stats();
  expect(told).toMatchObject({
    since: null,
    by: 'tool',
    calls: 2,
    ok: 2,
    success_rate: 1,
    sessions: 1,
    edits: 2,
    lines_written: 4,
    lines_standing: 3,
    rework: { edits: 2, reworked: 1 },
    failures: [],
    files: [{ file: project.path('src/a.ts'), edits: 2, lines: 4 }],
    tokens: { input: 0, cache_creation: 0, cache_read: 0, output: 0 },
    cost: null,
    groups: [
      { key: 'Edit', calls: 1, edits: null },
      { key: 'Write', calls: 1, edits: null },
    ],
  });
  expect(Object.keys(told).toSorted()).toEqual(
    'by calls cost edits failed_commands failures files groups lines_added lines_removed lines_standing lines_written models ok p50_ms p95_ms patterns rework sessions since success_rate tokens until'.split(
      ' ',
    ),
  );
  const { groups } = await stats('--by file --since today');
  expect(groups).toMatchObject([{ key: project.path('src/a.ts'), edits: 2, lines_standing: 3 }]);
  expect(await stats('--by project')).toMatchObject({ groups: [{ key: project.root, calls: 2 }] });
});

it.each(['stats --by file', 'stats --by tool', 'report --daily', 'survival --by file'])(
  'names files below the project that %s is told of, and in full without one',
  async (argv) => {
    project.write('src/a.ts', TEXT, null);
    const cwd = project.root;
    const { out } = await run(project, `${argv} --project .`, { cwd });
    expect(out).toMatch(/^src\/a\.ts /m);
    const all = await run(project, argv, { cwd, env: { HOME: '/nowhere' } });
    expect(all.out).toContain(`\n${project.path('src/a.ts')} `);
  },
);

it('tells costs by the prices of the configuration', async () => {
  const { configFile } = project.paths;
  mkdirSync(dirname(configFile), { recursive: true });
  writeFileSync(configFile, 'prices:\n  - { model: claude-x, input: 10, output: 20 }\n');
  project.database
    .prepare(
      "INSERT INTO message_usage SELECT 'm', id, NULL, started_at, 'claude-x', 500000, 0, 0, 100000 FROM sessions LIMIT 1",
    )
    .run();
  expect(await stats('--by model')).toMatchObject({
    cost: 7,
    models: [{ model: 'claude-x', cost: 7 }],
  });
});

it('draws bars and colours at a terminal only, and fits its width', async () => {
  project.write('a.ts', TEXT, null);
  const plain = await run(project, 'stats --by day');
  expect(plain.out).toContain('Calls     1 in 1 session, 100 % ok');
  for (const sign of ['█', '\u001B']) expect(plain.out).not.toContain(sign);
  const seen = await run(project, 'stats --by day', {
    isTTY: true,
    color: true,
    columns: 80,
    lines: 100,
  });
  expect(seen.out).toContain('\u001B[36m█');
});

it('shows the groups part by part, and of days the last ones first', async () => {
  for (const day of [1, 2, 3]) {
    project.toolCall(SECOND, `toolu_${day}`, { at: NOW - day * 24 * 60 * MINUTE });
    for (const name of 'abc'.slice(0, day))
      project.toolCall(SECOND, `toolu_${day}_${name}`, { tool_name: name, at: NOW - MINUTE });
  }
  const keys = async (argv: string) => {
    const { out } = await run(project, `stats ${argv}`);
    return [...out.matchAll(/^(2026-\S+|[abc]|Write|.* of \d+)(?: .*)?$/gm)].map(([, key]) => key);
  };
  const days = ['2026-11-21', '2026-11-22', '2026-11-23', '2026-11-24'];
  expect(await keys('--by day')).toEqual(days);
  expect((await keys('--by day --limit 3')).slice(0, 3)).toEqual(days.slice(1));
  expect(await keys('--by day --limit 3 --page 2')).toEqual([days[0], '4 to 4 of 4']);
  expect(await keys('--by day --limit 3 --page 3')).toEqual(['None of 4']);
  const tools = await keys('--by tool --limit 0');
  expect(await keys('--by tool --limit 2 --page 2')).toEqual([...tools.slice(2), '3 to 4 of 4']);
});

it('says when there is nothing', async () => {
  expect((await stats())['calls']).toBe(0);
  expect((await run(project, 'stats --since 1h')).out).toBe('No tool calls match.\n');
  const empty = new Sample();
  expect((await run(empty, 'stats --json')).out).toContain('"calls":0');
  empty.remove();
});
