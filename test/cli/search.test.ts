import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../lib/cli/main.ts';
import { indexSearchChunk } from '../../lib/store/maintenance/search-index.ts';
import { fillSample, HOUR, MINUTE, NOW, Sample } from './sample-database.ts';
import { run, testEnvironment } from './test-environment.ts';

const FIRST = '3f2a9c10-1111-4111-8111-111111111111';
const SECOND = '77e0d4b2-2222-4222-8222-222222222222';
const TEST = 'capture-test-00000000-0000-4000-8000-000000000000';

const empty = new Sample();
const sample = new Sample();
beforeAll(() => {
  fillSample(sample);
  const tool = (eventId: string, session: string, call: string | null, name = 'PostToolUse') =>
    sample.event(eventId, session, name, { tool_use_id: call });
  tool('event-2', FIRST, null);
  tool('event-1', FIRST, 'toolu_1');
  sample.event('bash', FIRST, 'PostToolUseFailure', {
    tool_use_id: 'toolu_2',
    payload: JSON.stringify({ tool_input: { command: 'npm test\nnpm run lint' } }),
  });
  tool('event-3', FIRST, null);
  tool('event-4', FIRST, null);
  tool('event-5', SECOND, null);
  tool('read', SECOND, 'toolu_3', 'PreToolUse');
  tool('tested', TEST, 'toolu_test_1');
  sample.event('prompt', SECOND, 'UserPromptSubmit', {
    payload: JSON.stringify({ prompt: 'Make the page red,\nand push() faster' }),
    received_at: NOW - 4 * MINUTE,
  });
});
afterAll(() => {
  empty.remove();
  sample.remove();
});

interface HitJson {
  readonly kind: string;
  readonly pattern_id: string | null;
  readonly snippet: string;
  readonly file_path: string | null;
}

async function found(...argv: string[]): Promise<string[]> {
  const { out } = await run(sample, ['search', '--json', ...argv].join(' '));
  return (JSON.parse(out) as HitJson[]).map(
    (hit) => `${hit.kind} ${hit.pattern_id ?? hit.file_path ?? hit.snippet}`,
  );
}

describe.each(['before the courier has indexed anything', 'from the index'])(
  'search, %s',
  (when) => {
    beforeAll(() => {
      if (when === 'from the index') while (indexSearchChunk(sample.database));
    });

    it('shows what it is, where it is, and the line', async () => {
      const { exitCode, out, err } = await run(sample, 'search push');
      expect([exitCode, err]).toEqual([0, '']);
      expect(out).toMatchInlineSnapshot(`
        "prompt  site · session 77e0d4b2 · 4 min ago
            and push() faster
        pattern 7cffffffffffffff  src/queue.ts:1 · app · session 3f2a9c10 · 1 min ago
            export function push() {
        pattern 7c1e09ab44d2f310  src/queue.ts:1 · app · session 3f2a9c10 · 1 min ago
            export function push() {
        pattern 19aa52c0de77b841  src/queue.ts:2 · app · session 3f2a9c10 · 2 h ago
            export function push() {
        "
      `);
    });

    it.each([
      ['color', ['pattern ab00000000000000']],
      ['eturn 3', ['pattern 7cffffffffffffff']],
      ['npm run lint', ['command npm run lint']],
      ['FAIL', ['error FAIL test/queue.test.ts']],
      ['index.html', ['path /w/site/index.html']],
      ['copy.ts', ['path /w/app/src/copy.ts']],
      ['page red', ['prompt Make the page red,']],
      ['nowhere to be found', []],
    ])('finds "%s"', async (text, hits) => {
      expect(await found(...text.split(' '))).toEqual(hits);
    });

    it.each([
      ['--kind prompt', ['prompt and push() faster']],
      ['--kind prompts,commands', ['prompt and push() faster']],
      ['--mine', ['prompt and push() faster']],
      ['--language typescript', 3],
      ['--language css', []],
      ['--project site', ['prompt and push() faster']],
      ['--session 3f2a', 3],
      ['--file copy.ts', ['pattern 19aa52c0de77b841']],
      ['--tool write', 3],
      ['--tool Bash', []],
      ['--since 3m', 2],
      ['--until 90m', ['pattern 19aa52c0de77b841']],
      ['--limit 1', 1],
    ] as const)('of push with %s finds %s', async (options, hits) => {
      const all = await found('push', options);
      if (typeof hits === 'number') expect(all).toHaveLength(hits);
      else expect(all).toEqual(hits);
    });

    it('takes blanks before and after for what they are, unless there is no text with them', async () => {
      const search = async (text: string) => {
        const { cli, written } = testEnvironment(sample);
        await main(['search', '--json', text], cli);
        return (JSON.parse(written.out) as HitJson[]).length;
      };
      expect(await search('\nand')).toBe(1);
      expect(await search('() ')).toBeGreaterThan(0);
      expect(await search(' ush() ')).toBeGreaterThan(0);
      expect(await search('  push')).toBeGreaterThan(0);
    });

    it('takes capital letters for what they are only if there are some', async () => {
      expect(await found('MAKE THE')).toEqual([]);
      expect(await found('make the')).toHaveLength(1);
      expect(await found('Make the')).toHaveLength(1);
    });

    it('finds all words where they do not stand together, and says so', async () => {
      const { out, err } = await run(sample, 'search faster page');
      expect(out).toContain('and push() faster');
      expect(err).toBe('No text holds all of this as it stands; these hold its words.\n');
    });

    it('lists files', async () => {
      const { out } = await run(sample, 'search push --files');
      expect(out).toBe('/w/app/src/queue.ts\n');
      expect(JSON.parse((await run(sample, 'search w/app --files --json')).out)).toEqual([
        '/w/app/src/queue.ts',
        '/w/app/src/copy.ts',
      ]);
    });

    it('says that there are more than it shows', async () => {
      expect((await run(sample, 'search push --limit 2')).err).toBe(
        'The first 2; --limit 0 for all\n',
      );
      expect(await found('push', '--limit 0')).toHaveLength(4);
    });

    it('leaves out what capture-test recorded', async () => {
      sample.event('tested-prompt', TEST, 'UserPromptSubmit', {
        payload: JSON.stringify({ prompt: 'testing zebra' }),
      });
      expect(await found('zebra')).toEqual([]);
      expect(await found('zebra', '--all')).toHaveLength(1);
      sample.database.exec("DELETE FROM events WHERE event_id = 'tested-prompt'");
    });
  },
);

describe('search', () => {
  it('finds nothing where nothing was recorded', async () => {
    expect(await run(empty, 'search push')).toEqual({
      exitCode: 0,
      out: 'No texts match.\n',
      err: '',
    });
  });

  it.each([
    ['ab', '"ab" is too short to search for'],
    ['push --kind code', '--kind has "code"'],
    ['push --limit x', '--limit is "x"'],
    ['push --file=', '--file is empty'],
  ])('refuses %s', async (argv, message) => {
    const { exitCode, err } = await run(sample, `search ${argv}`);
    expect(exitCode).toBe(2);
    expect(err).toContain(message);
  });

  it('lets no text control the terminal', async () => {
    sample.event('odd', SECOND, 'UserPromptSubmit', {
      payload: JSON.stringify({ prompt: 'odd\u001b[2Jzebra\u202e crossing' }),
      received_at: NOW - HOUR,
    });
    const { out } = await run(sample, 'search zebra', { isTTY: true, color: true });
    expect(out).not.toMatch(/\u001b\[2J|\u202e/); // oxlint-disable-line no-control-regex -- it looks for these
    expect(out).toContain('zebra');
  });
});
