// What other programs read: the keys that are promised to stay, and what is in them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { trackerPaths } from '../../lib/base/paths.ts';
import { main } from '../../lib/cli/main.ts';
import { Records, SESSION } from '../transcript/sample-transcript.ts';
import { testEnvironment } from './test-environment.ts';

const FILE = '/home/dev/project/zebra.ts';
const CODE = `export function zebra(values: number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
`;

const folder = mkdtempSync(join(tmpdir(), 'promises-'));
let imported: unknown;

/** A session in whose every kind of text there is a zebra. */
beforeAll(async () => {
  const make = new Records();
  const told = [
    make.prompt('write a zebra'),
    make.calls([['t1', 'Write', { file_path: FILE, content: CODE }]]),
    make.result('t1', { type: 'create', filePath: FILE, content: CODE, structuredPatch: [] }),
    make.calls([['t2', 'Bash', { command: 'run zebra' }]]),
    make.failure('t2', 'Exit code 1\nno zebra here'),
    make.done(),
  ];
  const project = join(folder, '.claude', 'projects', '-home-dev-project');
  mkdirSync(project, { recursive: true });
  writeFileSync(
    join(project, `${SESSION}.jsonl`),
    told.map((record) => `${JSON.stringify(record)}\n`).join(''),
  );
  writeFileSync(join(folder, 'draft.ts'), CODE.replaceAll('total', 'sum'));
  imported = await answer('import');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function answer(...argv: string[]): Promise<unknown> {
  const paths = trackerPaths(join(folder, '.claude', 'hooks', 'pattern-tracker'));
  const { cli, written } = testEnvironment(
    { folder, paths },
    { now: () => Date.UTC(2026, 10, 28), cwd: folder },
  );
  const exitCode = await main([...argv, '--json'], cli);
  expect([exitCode, written.err]).toEqual([0, '']);
  return JSON.parse(written.out);
}

it('import says how much came of how many files', () => {
  expect(imported).toMatchObject({ files: 1, recorded: 6, duplicates: 0, sessions: 1, events: 6 });
});

const HIT = { session_id: SESSION, pattern_id: null, line: null, file_path: null };

it.each<[string, object]>([
  [
    'pattern',
    {
      pattern_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      tool_use_id: 't1',
      file_path: FILE,
      line: 1,
      snippet: 'export function zebra(values: number[]): number {',
    },
  ],
  ['prompt', { tool_use_id: null, snippet: 'write a zebra' }],
  ['command', { tool_use_id: 't2', snippet: 'run zebra' }],
  ['error', { tool_use_id: 't2', snippet: 'no zebra here' }],
  ['path', { tool_use_id: 't1', file_path: FILE, snippet: FILE }],
])('search tells of a %s where it is', async (kind, hit) => {
  expect(await answer('search', 'zebra', '--kind', kind)).toMatchObject([{ kind, ...HIT, ...hit }]);
});

it('similar has the most similar first, with a score', async () => {
  const [first, ...others] = (await answer('similar', 'draft.ts')) as { score: number }[];
  expect(first).toMatchObject({
    pattern_id: expect.stringMatching(/^[0-9a-f]{16}$/),
    file_path: FILE,
  });
  const scores = [first, ...others].map((hit) => hit?.score ?? Number.NaN);
  expect(scores).toEqual(scores.toSorted((one, other) => other - one));
  expect(scores.every((score) => score > 0.6 && score <= 1)).toBe(true);
});

it('reconcile counts the calls of each session', async () => {
  expect(await answer('reconcile')).toMatchObject([
    { session_id: SESSION, transcript: 2, tracked: 2, missing: 0, extra: 0, recovered: 2 },
  ]);
});
