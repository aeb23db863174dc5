import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexSearchChunk } from '../../../lib/store/maintenance/search-index.ts';
import { MINUTE, NOW, Sample } from '../sample-database.ts';
import { run } from '../test-environment.ts';

const MANY = 23;
const LIMIT = 5;

const sample = new Sample();
beforeAll(() => {
  const project = sample.project('/w/app', 'app');
  for (let index = 0; index < MANY; index++) {
    const [id, at] = [`session-${index}`, NOW - (index + 1) * MINUTE];
    sample.session(id, { last_event_at: at, project_id: project, prompts: 1 });
    sample.toolCall(id, 'call', { at });
    // Some hold the word, the others only its letters: words come first among their neighbours.
    const code = `export function ${index % 3 === 0 ? 'retry' : 'retrying'}(n${index}) {\n  return n;\n}\n`;
    const pattern = `aa${String(index).padStart(14, '0')}`;
    sample.pattern(pattern, code, { last_seen_at: at, occurrences: 1 + (index % 4) });
    sample.occurrence(pattern, `event-${index}`, { session_id: id, at, project_id: project });
    sample.event(`event-${index}`, id, 'PostToolUse', { received_at: at });
  }
  const outbox = sample.database.prepare<[number, string]>(
    `INSERT INTO outbox (id, sink, event_id, event_type, pattern_id, lineage_id, body, created_at)
     VALUES (?, 'http', ?, 'pattern_created', 'p', 'l', '{}', 1)`,
  );
  for (let index = 1; index <= MANY; index++) outbox.run(index, `e${index}`);
  while (indexSearchChunk(sample.database));
});
afterAll(() => sample.remove());

async function list(command: string): Promise<unknown[]> {
  return JSON.parse((await run(sample, `${command} --json`)).out) as unknown[];
}

describe.each([
  'patterns --all',
  'patterns --all --sort used',
  'sessions',
  'tool-calls',
  'outbox list',
  'search retry',
  'search retry --files',
])('the pages of `%s`', (command) => {
  it('are together what all of it is', async () => {
    const all = await list(`${command} --limit 0`);
    const pages: unknown[] = [];
    const most = Math.ceil(MANY / LIMIT) + 1;
    for (let page = 1; page <= most; page++) {
      const shown = await list(`${command} --limit ${LIMIT} --page ${page}`);
      expect(shown.length).toBeLessThanOrEqual(LIMIT);
      pages.push(...shown);
    }
    expect(pages).toHaveLength(all.length);
    const texts = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).toSorted();
    expect(texts(pages)).toEqual(texts(all));
    // What is searched for is put in order among neighbours only.
    if (!command.startsWith('search')) expect(pages).toEqual(all);
  });
});

describe('a page', () => {
  it('says which part it is', async () => {
    const { err } = await run(sample, 'tool-calls --limit 5 --page 2');
    expect(err).toBe('6 to 10 of 23\n');
    expect((await run(sample, 'search retry --limit 5 --page 2')).err).toContain('--page 3');
  });

  it.each([
    ['tool-calls --page 0', 'The first page is 1.'],
    ['tool-calls --page x', 'Expected a whole number'],
    ['sessions --limit 0 --page 2', 'Leave out --page'],
    ['outbox export --page 2', '--page is for list'],
  ])('is refused by `%s`', async (command, text) => {
    const { exitCode, err } = await run(sample, command);
    expect(exitCode).toBe(2);
    expect(err).toContain(text);
  });
});
