// Events that are nothing but secrets: what the courier keeps of them while it works is bounded by counts.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { payload, TrackerHome } from './tracker-home.ts';

let home: TrackerHome;
beforeEach(() => {
  home = new TrackerHome();
});
afterEach(() => home.remove());

const MEGABYTE = 1_000_000;
/** As find.ts charges for a finding, and budget.ts allows for a character. */
const [STEPS_AT_FIRST, STEPS_PER_CHARACTER, STEPS_PER_FINDING] = [8 * MEGABYTE, 12, 2_000];

/** A token of a known form, another for each number. */
function token(index: number): string {
  const part = (factor: number) =>
    (Math.imul(index + 1, factor) >>> 0).toString(36).padStart(7, '0');
  const random = [2_654_435_761, 40_503, 97, 7, 13].map((factor) => part(factor)).join('');
  return `ghp_${random}0`;
}

const tokenCount = (6 * MEGABYTE) / 41;
const tokens = Array.from({ length: tokenCount }, (_, index) => token(index));

it.each<[string, unknown]>([
  ['one text', { content: tokens.join('\n') }],
  [
    'broken lines',
    { content: tokens.map((one) => `${one.slice(0, 20)}\n${one.slice(20)}`).join('\n') },
  ],
  ['many strings', { content: tokens.slice(0, 100_000).map((one) => ({ one })) }],
])('counts and leaves out what is too much: %s', async (_, toolInput) => {
  const event = payload({
    hook_event_name: 'PreToolUse',
    tool_name: 'Write',
    tool_use_id: 't',
    tool_input: toolInput,
  });
  home.spool('event.settings', event);
  home.capture(payload({ hook_event_name: 'Stop' }));
  await home.settled();
  await expect.poll(() => home.value('SELECT count(*) FROM events')).toBe(2);
  await home.stop();
  const most = (STEPS_AT_FIRST + STEPS_PER_CHARACTER * event.length) / STEPS_PER_FINDING;
  expect(home.quarantined).toEqual([]);
  const redactions = Number(home.value("SELECT value FROM counters WHERE name = 'redactions'"));
  expect(redactions).toBeGreaterThan(most / 10);
  expect(redactions).toBeLessThan(2 * most);
  expect(home.value("SELECT value FROM counters WHERE name = 'unchecked'")).toBeGreaterThan(0);
});
