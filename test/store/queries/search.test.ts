import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../lib/store/database/database.ts';
import { clearSearchIndex, indexSearchChunk } from '../../../lib/store/maintenance/search-index.ts';
import { search, searchIndexedTo } from '../../../lib/store/queries/search/search.ts';
import type { SearchFilter } from '../../../lib/store/queries/search/search.ts';
import { SearchText } from '../../../lib/store/queries/search/search-text.ts';
import { MINUTE, Sample } from '../../cli/sample-database.ts';

let sample: Sample;
let database: Database;
beforeEach(() => {
  sample = new Sample();
  database = sample.database;
});
afterEach(() => sample.remove());

/** An event that wrote a pattern. */
function written(id: string, code: string): void {
  sample.pattern(id, code);
  sample.event(id, 'session-1', 'PostToolUse');
  sample.occurrence(id, id);
}

function prompted(eventId: string, prompt: string): void {
  sample.event(eventId, 'session-1', 'UserPromptSubmit', { payload: JSON.stringify({ prompt }) });
}

function index(): void {
  while (indexSearchChunk(database));
}

const found = (text: string) => search(database, { text, limit: -1 }).hits;
const inIndex = () => database.prepare('SELECT count(*) FROM search_index').pluck().get();

describe('search', () => {
  it('finds every run of three characters or more, in any script, and nothing that does not hold it', () => {
    const character = fc.constantFrom(...Array.from('abcAB ("\'*-:.%_\\éßłш中🙂\t\n'));
    const text = fc.array(character, { minLength: 3, maxLength: 30 }).map((all) => all.join(''));
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 8 }),
        fc.nat(),
        fc.nat(),
        (texts, at, length) => {
          database.exec('DELETE FROM patterns; DELETE FROM occurrences; DELETE FROM events');
          clearSearchIndex(database);
          for (const [n, code] of texts.entries()) written(`p${n}`, code);
          index();
          const characters = Array.from(texts[0] ?? '');
          const start = at % (characters.length - 2);
          const end = start + 3 + (length % (characters.length - start - 2));
          const wanted = characters.slice(start, end).join('');
          const isExact = wanted !== wanted.toLowerCase();
          const holding = texts.flatMap((code, n) => {
            const searched = isExact ? code : code.toLowerCase();
            return searched.includes(wanted) ? [`p${n}`] : [];
          });
          const ids = search(database, { text: wanted, kinds: ['pattern'], limit: -1 }).hits;
          expect(ids.map(({ patternId }) => String(patternId)).toSorted()).toEqual(
            holding.toSorted(),
          );
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each([
    ['beside a letter of which the small one is longer', 'İzmir + FOOBAR', 'foobar', 8],
    ['with the sign of Kelvin in place of a letter', '20 \u212Aelvin', '20 kelvin', 0],
    ['with the sign of Kelvin elsewhere', 'OVER 20 \u212A', 'over', 0],
    ['with a sigma that ends another word', 'ΟΔΟΣΑ', 'οδος', 0],
    ['with a sigma within, where the word has none', 'ΟΔΟΣ', 'δοσ', 1],
  ])('finds small letters in capitals %s', (_, code, text, start) => {
    written('one', code);
    expect(found(text)).toMatchObject([{ patternId: 'one', start }]);
    index();
    expect(found(text)).toMatchObject([{ patternId: 'one', start }]);
  });

  it('leaves out what a background task reported, which nobody typed', () => {
    prompted('a', 'wait for the zebra');
    prompted('b', '<task-notification>zebra is done</task-notification>');
    sample.event('c', 'session-1', 'UserPromptSubmit', {
      payload: JSON.stringify({ prompt: 'zebra again', source: 'loop_wakeup' }),
    });
    expect(found('zebra')).toMatchObject([{ snippet: 'wait for the zebra' }]);
    index();
    expect(found('zebra')).toHaveLength(1);
  });

  it('shows whole words first, then the newest', () => {
    written('part', 'const retrying = 1;');
    written('word', 'call(retry);');
    written('newer', 'call(retry, 2);');
    written('newest', 'const retries = retryAll();');
    index();
    expect(found('retry').map(({ patternId }) => patternId)).toEqual([
      'newer',
      'word',
      'newest',
      'part',
    ]);
  });

  it('shows code that was written again once, where it was written last', () => {
    written('one', 'call(retry);');
    sample.event('again', 'session-1', 'PostToolUse');
    sample.occurrence('one', 'again', {
      file_path: '/w/app/again.ts',
      start_line: 7,
      at: Date.now(),
    });
    index();
    expect(inIndex()).toBe(3); // the code once, and two names of files
    expect(found('retry')).toMatchObject([{ filePath: '/w/app/again.ts', line: 7 }]);
  });

  it.each<[string, Partial<SearchFilter>]>([
    ['a session', { session: 'session-2' }],
    ['a session that was recorded later', { session: 'session-3' }],
    ['a project', { projectIds: [1] }],
    ['a time', { since: 30 * MINUTE }],
    ['a time that is over', { since: 10 * MINUTE, until: 20 * MINUTE }],
    ['the time before', { until: 20 * MINUTE }],
    ['a session and a tool', { session: 'session-1', tool: 'edit' }],
    ['a language', { language: 'go' }],
    ['a language in capitals', { language: 'GO' }],
    ['a tool', { tool: 'edit' }],
    ['a language and a tool', { language: 'go', tool: 'Write' }],
  ])(
    'finds in %s all that is meant, in the same order, also code that was written elsewhere first',
    (_, filter) => {
      sample.project('/w/app', 'app');
      sample.project('/w/site', 'site');
      for (const n of [1, 2, 3]) {
        const [started_at, last_event_at] = n === 3 ? [0, 15 * MINUTE] : [0, 60 * MINUTE];
        sample.session(`session-${n}`, { started_at, last_event_at, project_id: 1 + (n % 2) });
      }
      for (let n = 0; n < 20; n += 1)
        sample.pattern(`p${n}`, n % 3 ? `call(${n}, retry);` : `no(${n})`);
      const told: { key: string; session: string; at: number; tool: string; language: string }[] =
        [];
      for (let n = 0; n < 75; n += 1) {
        // The last ones are of a session that was imported: they are older, and come later.
        const session = n < 60 ? `session-${1 + (n % 2)}` : 'session-3';
        const at = (n < 60 ? n : n - 60) * MINUTE;
        const [tool, language] = [n % 5 ? 'Write' : 'Edit', n % 4 ? 'python' : 'go'];
        if (n % 6 === 5) {
          const payload = JSON.stringify({ prompt: `retry ${n}` });
          sample.event(`e${n}`, session, 'UserPromptSubmit', { payload, received_at: at });
          told.push({ key: `retry ${n}`, session, at, tool: '', language: '' });
          continue;
        }
        const id = `p${(n * 7) % 20}`;
        const place = { session_id: session, project_id: session === 'session-2' ? 1 : 2 };
        sample.event(`e${n}`, session, 'PostToolUse', { received_at: at });
        sample.occurrence(id, `e${n}`, { ...place, tool_name: tool, language, at });
        if (Number(id.slice(1)) % 3) told.push({ key: id, session, at, tool, language });
      }
      index();
      const keys = (of: Partial<SearchFilter>) =>
        search(database, {
          text: 'retry',
          limit: -1,
          kinds: ['pattern', 'prompt'],
          ...of,
        }).hits.map(({ patternId, snippet }) => patternId ?? snippet);
      const meant = told.filter(
        ({ session, at, tool, language }) =>
          session === (filter.session ?? session) &&
          (filter.projectIds === undefined || session === 'session-2') &&
          at >= (filter.since ?? 0) &&
          at < (filter.until ?? Infinity) &&
          tool.toLowerCase() === (filter.tool ?? tool).toLowerCase() &&
          language === (filter.language ?? language).toLowerCase(),
      );
      const wanted = new Set(meant.map(({ key }) => key));
      expect(wanted.size).toBeGreaterThan(0);
      expect(keys(filter)).toEqual(keys({}).filter((key) => wanted.has(key)));
    },
  );

  it('finds code in the language that it was written in again, and by that tool', () => {
    const again = { language: 'go', tool_name: 'NotebookEdit', at: Date.now() };
    for (const isIndexed of [true, false]) {
      const id = `indexed-${isIndexed}`;
      written(id, `call(${id}, retry);`);
      if (isIndexed) index();
      sample.event(`again-${id}`, 'session-1', 'PostToolUse');
      sample.occurrence(id, `again-${id}`, again);
    }
    const ids = (filter: Partial<SearchFilter>) =>
      search(database, { text: 'retry', limit: -1, ...filter }).hits.map((hit) => hit.patternId);
    const all = ['indexed-false', 'indexed-true'];
    for (let round = 0; round < 2; round += 1) {
      expect(ids({ language: 'Go' })).toEqual(all);
      expect(ids({ tool: 'notebookedit' })).toEqual(all);
      expect(ids({ language: 'python' })).toEqual([]);
      expect(ids({ language: 'go', tool: 'Write' })).toEqual([]);
      index();
    }
  });

  it('finds by the tool also commands, errors and files', () => {
    sample.event('ran', 'session-1', 'PostToolUse', { tool_use_id: 'call-1' });
    sample.toolCall('session-1', 'call-1', { tool_name: 'Bash', summary: 'retry --all' });
    index();
    const tools = (tool: string) =>
      search(database, { text: 'retry', limit: -1, tool }).hits.map(({ kind }) => kind);
    expect(tools('bash')).toEqual(['command']);
    expect(tools('Read')).toEqual([]);
  });

  it('finds code of which a place was known before its author was', () => {
    sample.event('placed', 'session-1', 'PostToolUse');
    sample.occurrence('late', 'placed', { at: 1, authorship: 'moved' });
    index();
    written('late', 'call(retry);');
    expect(found('retry')).toHaveLength(1);
    index();
    expect(found('retry')).toHaveLength(1);
  });

  it('tells the line of the file', () => {
    written('one', 'a();\nb();\n  call(retry);\nc();');
    expect(found('retry')).toMatchObject([
      { line: 3, snippet: '  call(retry);', start: 7, length: 5 },
    ]);
  });

  it('finds the same while a part is not indexed', () => {
    for (let n = 0; n < 250; n += 1) written(`p${n}`, `call(${n}, retry);`);
    expect(found('retry')).toHaveLength(250);
    indexSearchChunk(database);
    expect(search(database, { text: 'retry', limit: -1 })).toMatchObject({ unindexed: 150 });
    expect(found('retry')).toHaveLength(250);
    index();
    expect(search(database, { text: 'retry', limit: -1 })).toMatchObject({ unindexed: 0 });
    expect(found('retry')).toHaveLength(250);
  });

  it('finds a new event that got the id of a removed one', () => {
    prompted('a', 'the first zebra');
    prompted('b', 'the second zebra');
    index();
    database.exec("DELETE FROM events WHERE event_id = 'b'");
    expect(searchIndexedTo(database)).toBe(1);
    prompted('c', 'a giraffe');
    index();
    expect(found('zebra')).toHaveLength(1);
    expect(found('giraffe')).toHaveLength(1);
  });

  it('leaves nothing of a prompt in the index once its event is removed', () => {
    prompted('a', 'the first zebra');
    prompted('b', 'the second one');
    index();
    expect(inIndex()).toBe(2);
    database.exec("DELETE FROM events WHERE event_id = 'a'");
    expect(inIndex()).toBe(1);
  });

  it('works on an index that was emptied', () => {
    prompted('a', 'the first zebra');
    index();
    clearSearchIndex(database);
    expect(inIndex()).toBe(0);
    expect(found('zebra')).toHaveLength(1);
    index();
    expect(inIndex()).toBe(1);
  });
});

describe('what is searched for', () => {
  it('is narrowed down by few runs, however long it is', () => {
    const { match } = new SearchText('0123456789abcdefghijklmnopqrstuvwxyz');
    expect(match.split(' AND ').length).toBeLessThanOrEqual(6);
    expect(match).toMatch(/^"012" AND .* AND "xyz"$/);
  });

  it('is quoted for SQLite', () => {
    expect(new SearchText('a"b*').match).toBe('"a""b" AND """b*"');
  });
});
