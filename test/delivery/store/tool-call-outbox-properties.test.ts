import fc from 'fast-check';
import { expect, it } from 'vitest';
import { COLLECTOR } from '../../../lib/delivery/collector/collector-sink.ts';
import { parseToolCall } from '../../../lib/delivery/ended-tool-call.ts';
import { Outbox } from '../../../lib/delivery/store/outbox.ts';
import { hook, TestStore } from '../test-store.ts';
import { times } from '../../support/depth.ts';

const IDS = ['t1', 't2', 't3'];
const bash = { command: 'make' };

/** Whatever Claude Code may send of three calls, in any order and any number of times. */
const event = fc.oneof(
  fc.constantFrom(...IDS).map((id) => hook.pre(id, 'Bash', bash)),
  fc.constantFrom(...IDS).map((id) => hook.post(id, 'Bash', bash)),
  fc.constantFrom(...IDS).map((id) => hook.failure(id, 'Bash', 'Exit code 1')),
  fc.constantFrom(...IDS).map((id) => hook.batch({ id, name: 'Bash', response: 'no' })),
  fc.constantFrom(
    hook.event('Stop'),
    hook.event('UserPromptSubmit', { prompt: 'go on' }),
    hook.event('SessionEnd', { reason: 'other' }),
  ),
);
const step = fc.oneof({ weight: 4, arbitrary: event }, fc.constant('deliver' as const));

it('gives each call that has ended to the collector exactly once, whatever happens between', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const store = new TestStore({ otlp: { endpoint: 'http://localhost:4318' } });
      try {
        const delivered: string[] = [];
        const outbox = new Outbox(store.database, COLLECTOR.name);
        const deliver = () => {
          const rows = store.rows<{ id: number; body: string }>('SELECT id, body FROM outbox');
          for (const { body } of rows) delivered.push(parseToolCall(body)?.tool_use_id ?? body);
          outbox.acknowledge(rows.map(({ id }) => id));
        };
        for (const what of steps) {
          if (what === 'deliver') deliver();
          else store.take(what);
        }
        const ended =
          "SELECT tool_use_id AS id, outcome FROM tool_calls WHERE outcome != 'running'";
        const known = new Map(
          store
            .rows<{ id: string; outcome: string }>(ended)
            .map(({ id, outcome }) => [id, outcome]),
        );
        // What waits is told as it is known now.
        for (const { body } of store.rows<{ body: string }>('SELECT body FROM outbox')) {
          const call = parseToolCall(body);
          expect(call?.outcome).toBe(known.get(call?.tool_use_id ?? ''));
        }
        deliver();
        expect([...delivered].toSorted((a, b) => a.localeCompare(b))).toEqual(
          [...known.keys()].toSorted((a, b) => a.localeCompare(b)),
        );
      } finally {
        store.remove();
      }
    }),
    { numRuns: times(40, 150) },
  );
});
