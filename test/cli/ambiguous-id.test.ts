import { beforeEach, afterEach, describe, expect, it } from 'vitest';
import { configure, queue, SERVER } from './delivery-sample.ts';
import { NOW, HOUR, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

const FIRST = '3f2a9c10-1111-4111-8111-111111111111';
const SECOND = '3f2a77aa-2222-4222-8222-222222222222';

let sample: Sample;
beforeEach(() => {
  sample = new Sample();
  configure(sample, SERVER);
  sample.session(FIRST, { project_id: sample.project('/w/app', 'app') });
  sample.session(SECOND, { last_event_at: NOW - 2 * HOUR });
  sample.session('capture-test-1');
  queue(sample, 2, FIRST);
  queue(sample, 3, SECOND); // one more
});
afterEach(() => sample.remove());

const REFUSED = {
  exitCode: 2,
  out: '',
  err: `error: more than one session begins with "3f2a"
  Give more characters of one of them:
  ${FIRST}  app  1 h ago
  ${SECOND}  2 h ago
`,
};

describe('the beginning of a session id that others share', () => {
  it.each([
    'patterns',
    'tool-calls',
    'tail --since 1h',
    'outbox list',
    'outbox export',
    'outbox retry',
    'outbox drop --yes',
  ])('is refused by %s, which names the candidates', async (command) => {
    expect(await run(sample, `${command} --session 3f2a`)).toEqual(REFUSED);
  });

  it('is wrong usage to flush, which has a code of its own for that', async () => {
    const refused = { ...REFUSED, exitCode: 3 };
    expect(await run(sample, 'flush --dry-run --session 3f2a')).toEqual(refused);
    expect(await run(sample, 'flush --session 3f2a')).toEqual(refused);
  });

  it('has a code for programs', async () => {
    const { err } = await run(sample, 'patterns --json --session 3f2a');
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'E_AMBIGUOUS_SESSION' } });
  });

  it.each(['session', 'diff'])('is that of the project that %s is asked about', async (command) => {
    const { out } = await run(sample, `${command} 3f2a --project app --json`);
    expect(out).toContain(FIRST);
    expect(await run(sample, `${command} ${SECOND} --project app`)).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining(`no session of that project begins with "${SECOND}"`),
    });
  });

  it('is looked for in what waits and in what programs have declared, too', async () => {
    queue(sample, 4, '3f2b-of-the-outbox');
    expect((await run(sample, 'outbox --session 3f2')).err).toContain('3f2b-of-the-outbox\n');
    sample.occurrence('p', 'e', { session_id: '3f2c-declared' });
    expect((await run(sample, 'patterns --session 3f2')).err).toContain('3f2c-declared\n');
  });
});

it('one more character is enough, and a whole id means itself only', async () => {
  const rows = async (session: string) =>
    (
      JSON.parse((await run(sample, `outbox --json --session ${session}`)).out) as {
        session_id: string;
      }[]
    ).map((row) => row.session_id);
  expect(await rows('3f2a9')).toEqual([FIRST, FIRST]);
  queue(sample, 4, `${SECOND}-longer`);
  expect(await rows(SECOND)).toEqual([SECOND]);
  expect(await rows('none')).toEqual([]);
});

it('leaves out the sessions of capture-test unless they are asked for', async () => {
  sample.session('capture-test-2');
  const unknown = await run(sample, 'tool-calls --session capture-test-2');
  expect(unknown).toMatchObject({ exitCode: 1, out: '' });
  expect(unknown.err).toBe(
    'error: no session begins with "capture-test-2"\n  What `capture-test` recorded is shown with --all only.\n',
  );
  expect((await run(sample, 'tool-calls --all --session c')).err).toContain('capture-test-2');
});

it('names ten candidates at most', async () => {
  for (let n = 10; n < 25; n++) sample.session(`aa-${n}`);
  const { err } = await run(sample, 'patterns --session aa');
  expect(err.match(/^ {2}aa-/gm)).toHaveLength(10);
  expect(err).toMatch(/\n {2}… and more\n$/);
});
