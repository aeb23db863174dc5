// What the user's `capture` settings keep of what a program declares.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { PatternContext } from '../../lib/library/declaration.ts';
import type { ConfigInput } from '../../lib/library/config-input.ts';
import { LibraryHome } from './library-home.ts';

let home: LibraryHome;
beforeEach(() => {
  home = new LibraryHome();
});
afterEach(() => home.remove());

const SERVER = 'http://127.0.0.1:9'; // never asked here

it.each<[string, ConfigInput['capture'], PatternContext]>([
  ['no code is kept', { content: 'metadata' }, { filePath: 'a.ts' }],
  ['its file is excluded by default', {}, { filePath: '/p/.env' }],
  ['its file is excluded by name alone', {}, { filePath: '.env.local', cwd: '/p' }],
  ['its file is excluded', { exclude_paths: ['**/gen/**'] }, { filePath: '/p/gen/a.ts' }],
  ['its project is excluded', { projects: [{ path: '/p', content: 'none' }] }, { cwd: '/p' }],
  [
    'its file lies in a project of which no code is kept',
    { projects: [{ path: '/p/**', content: 'metadata' }] },
    { filePath: '/p/a.ts' },
  ],
  ['its tool is excluded', { exclude_tools: ['Generate*'] }, { toolName: 'GenerateCode' }],
])('writes nothing where %s', async (_, capture, context) => {
  const tracker = home.tracker({ baseUrl: SERVER, config: { capture } });
  const id = await tracker.trackPatternCreation({ code: 'const a = 1;', context });
  expect(id).toMatch(/^[\da-f]{16}$/);
  await tracker.trackPatternApplication({ patternId: id, context });
  expect([home.value('SELECT count(*) FROM patterns'), home.outbox]).toEqual([0, []]);
});

it.each<[string, ConfigInput['capture']]>([
  ['full', { content: 'full' }],
  ['code', { content: 'code' }],
  ['full without prompts', { prompts: false }],
])('keeps code under %s', async (_, capture) => {
  const tracker = home.tracker({ config: { capture } });
  await tracker.trackPatternCreation({ code: 'const a = 1;', context: { filePath: '/p/a.ts' } });
  expect(home.value('SELECT count(*) FROM patterns')).toBe(1);
});

it('obeys the ignore file of the folder that it is given', async () => {
  const cwd = join(home.folder, 'project');
  mkdirSync(cwd);
  writeFileSync(join(cwd, '.pattern-trackerignore'), 'gen/\n');
  const tracker = home.tracker();
  await tracker.trackPatternCreation({
    code: 'const a = 1;',
    context: { cwd, filePath: 'gen/a.ts' },
  });
  await tracker.trackPatternCreation({ code: 'const b = 1;', context: { cwd, filePath: 'b.ts' } });
  expect(home.rows('SELECT code FROM patterns')).toEqual([{ code: 'const b = 1;' }]);
});

it('takes private spans out of code, reason and further keys', async () => {
  const tracker = home.tracker({ baseUrl: SERVER });
  await tracker.trackPatternCreation({
    code: 'a(); // <private>hidden-1</private>',
    context: { reason: 'as <private>hidden-2</private> said', note: '<private>hidden-3' },
  });
  expect(home.value('SELECT code FROM patterns')).toBe('a(); // [private]');
  expect(JSON.stringify(home.outbox)).not.toContain('hidden');
});
