import { afterEach, beforeEach, expect, it } from 'vitest';
import { timelineRows } from '../../../../lib/dashboard/pages/session/timeline-rows.ts';
import { sessionTimeline } from '../../../../lib/store/queries/session/session-timeline.ts';
import type { SessionTimeline } from '../../../../lib/store/queries/session/session-timeline.ts';
import { TestStore } from '../../../delivery/test-store.ts';
import { Telling } from '../../../support/dashboard/telling.ts';

const AT = Date.UTC(2026, 10, 24, 9);
const SESSION = 'aaaa1111-1111-4111-8111-111111111111';

let store: TestStore;

beforeEach(() => (store = new TestStore()));
afterEach(() => store.remove());

it('places calls within their turn, those of subagents within the call that started them', () => {
  const telling = new Telling({ session: SESSION, at: AT });
  telling
    .start()
    .prompt('look')
    .agentCall('a1', 'find it', (told) => told.read('a.ts').bash('sleep 8', 8_000))
    .bash('false', 1_000, 'Exit code 1\nit was false')
    .stop();
  const rows = timelineRows(told(telling), telling.at);
  expect(
    rows.map((row) => [
      row.kind,
      'depth' in row ? row.depth : null,
      'inside' in row ? row.inside : null,
    ]),
  ).toEqual([
    ['turn', null, null],
    ['call', 0, 2],
    ['call', 1, 0],
    ['call', 1, 0],
    ['call', 0, 0],
  ]);
  const [turn, agent, , sleep, failed] = rows;
  expect(turn).toMatchObject({ prompt: 'look', calls: 4 });
  expect(failed).toMatchObject({ outcome: 'failed', error: 'exit 1: it was false' });
  for (const row of rows) {
    if (row.kind !== 'call') continue;
    expect(row.from).toBeGreaterThanOrEqual(0);
    expect(row.to).toBeLessThanOrEqual(1);
  }
  if (agent?.kind !== 'call' || sleep?.kind !== 'call') throw new Error('they are calls');
  expect(sleep.from).toBeGreaterThanOrEqual(agent.from);
  expect(sleep.to).toBeLessThanOrEqual(agent.to);
});

it('has a call that runs go on until now', () => {
  const telling = new Telling({ session: SESSION, at: AT });
  telling.start().prompt('wait');
  telling.running('Bash', { command: 'sleep 100' });
  const [, call] = timelineRows(told(telling), telling.at + 50_000);
  expect(call).toMatchObject({ kind: 'call', outcome: 'running', to: 1 });
});

function told(telling: Telling): SessionTimeline {
  store.arrive(telling.drain().map(({ at, payload }) => ({ at, payload })));
  const timeline = sessionTimeline(store.database, SESSION, { limit: -1, isBrief: true });
  if (timeline === undefined || timeline === 'no-such-call') throw new Error('it is recorded');
  return timeline;
}
