// Whatever a sink answers, it gets everything, and each event after all that it builds on.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openTestDatabase } from '../support/test-database.ts';
import { deliveryStore } from '../../lib/delivery/store/delivery-store.ts';
import { LINEAGE } from '../../lib/delivery/lineage/lineage-sink.ts';
import { Delivery } from '../../lib/delivery/delivery.ts';
import type { Attempt, BatchOutcome, Delivered, RowBody } from '../../lib/delivery/sink-client.ts';

const POLICY = {
  failureThreshold: 3,
  recoveryTimeoutMs: 60_000,
  halfOpenAttempts: 2,
  permitMs: 30_000,
  slowCallMs: 60_000,
  slowCallRate: 1,
  minimumCalls: 1_000,
  windowCalls: 1_000,
};

interface Body {
  readonly id: string;
  readonly parent_pattern_ids: readonly string[];
}

/** What the sink makes of a request; 'mixed' fails some of its events by its own fault. */
const mood = fc.constantFrom('well', 'well', 'down', 'busy', 'mixed', 'refuses-batch', 'no-batch');

class MoodySink {
  readonly server = 'http://sink.example';
  readonly isClosed = false;
  readonly taken: string[] = [];
  mood: () => string = () => 'well';

  async trackBatch(bodies: readonly RowBody[]): Promise<Attempt<BatchOutcome>> {
    return this.#reply(bodies.map(String));
  }

  async track(body: RowBody): Promise<Attempt<Delivered>> {
    const { outcome, ...rest } = this.#reply([String(body)]);
    if (outcome.kind === 'unsupported') throw new Error('a single event is always supported');
    if (outcome.kind !== 'items') return { ...rest, outcome };
    return { ...rest, outcome: outcome.items[0] ?? { kind: 'accepted' } };
  }

  #reply(bodies: readonly string[]): Attempt<BatchOutcome> {
    const is = this.mood();
    const whole = (outcome: BatchOutcome, serverFault = false) => ({
      outcome,
      serverFault,
      latencyMs: 1,
    });
    if (is === 'down') return whole({ kind: 'retry', message: is }, true);
    if (is === 'busy') return whole({ kind: 'retry', status: 429, message: is });
    if (is === 'refuses-batch' && bodies.length > 1) {
      return whole({ kind: 'rejected', status: 400, message: is });
    }
    if (is === 'no-batch' && bodies.length > 1) return whole({ kind: 'unsupported' });
    const items = bodies.map((body, index): Delivered => {
      const { id, parent_pattern_ids: parents } = JSON.parse(body) as Body;
      if (is === 'mixed' && index % 2 === 0) return { kind: 'retry', message: is };
      if (parents.some((parent) => !this.taken.includes(parent))) {
        return { kind: 'rejected', status: 400, message: `parent of ${id} not found` };
      }
      this.taken.push(id);
      return { kind: 'accepted' };
    });
    return whole({ kind: 'items', items });
  }
}

const event = fc.record({
  lineage: fc.nat(3),
  mergesWith: fc.option(fc.nat(3)),
  session: fc.nat(2),
});
const round = fc.record({
  adds: fc.array(event, { maxLength: 6 }),
  moods: fc.array(mood, { minLength: 1, maxLength: 6 }),
  waitMs: fc.constantFrom(-100_000, 0, 500, 5_000, 70_000, 400_000),
  early: fc.boolean(),
  force: fc.boolean(),
  session: fc.option(fc.nat(2)),
  batchRows: fc.integer({ min: 1, max: 4 }),
});

it('gives a sink of any mood everything, in an order that it understands', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'delivery-order-'));
  const database = openTestDatabase(join(folder, 'tracker.db'));
  try {
    const addPattern = database.prepare(
      `INSERT INTO patterns (id, name, code, language, lines, origin, generation, lineage_id,
         occurrences, first_seen_at, last_seen_at)
       VALUES (?, 'a.ts', 'code', 'ts', 1, 'created', 1, ?, 1, 1, 1)`,
    );
    const scenario = fc.array(round, { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(scenario, fc.integer(), async (rounds, seed) => {
        database.exec(
          'DELETE FROM outbox; DELETE FROM sinks; DELETE FROM breakers; DELETE FROM patterns',
        );
        let now = 1_000_000_000;
        let permits = 0;
        let draws = Math.abs(seed);
        const newId = () => String((permits += 1));
        const store = deliveryStore(database, LINEAGE, { policy: POLICY, clock: () => now, newId });
        const sink = new MoodySink();
        const last = new Map<number, string>();
        let count = 0;
        for (const { adds, moods, waitMs, early, force, session, batchRows } of rounds) {
          for (const { lineage, mergesWith, session: by } of adds) {
            const id = `p${(count += 1)}`;
            const parents = [lineage, ...(mergesWith === null ? [] : [mergesWith])].flatMap(
              (of) => last.get(of) ?? [],
            );
            const lineageId = `l${lineage}`;
            const eventType = mergesWith === null ? 'pattern_modified' : 'pattern_merged';
            const body = JSON.stringify({ id, parent_pattern_ids: parents });
            addPattern.run(id, lineageId);
            store.outbox.add(
              { eventId: id, eventType, sessionId: `s${by}`, patternId: id, lineageId, body },
              now,
            );
            last.set(lineage, id);
          }
          let asked = 0;
          sink.mood = () => moods[(asked += 1) % moods.length] ?? 'well';
          const delivery = new Delivery({
            store: () => store,
            client: sink,
            clock: () => now,
            retry: {
              baseMs: 1_000,
              maxMs: 300_000,
              maxFaults: 1_000,
              random: () => ((draws += 7) % 11) / 11,
            },
            batchRows,
          });
          const sessionId = session === null ? undefined : `s${session}`;
          await delivery.drain({ early, force, sessionId }, new AbortController().signal);
          now += waitMs;
        }
        sink.mood = () => 'well';
        const waiting = database.prepare('SELECT count(*) FROM outbox').pluck();
        const delivery = new Delivery({
          store: () => store,
          client: sink,
          clock: () => now,
          retry: { baseMs: 1_000, maxMs: 300_000, maxFaults: 1_000, random: () => 0.5 },
          batchRows: 3,
        });
        for (let rest = 0; rest < 20 && waiting.get() !== 0; rest++) {
          now += 300_001;
          await delivery.drain({}, new AbortController().signal);
        }
        expect(sink.taken.length).toBe(count);
        expect(database.prepare('SELECT event_id, last_error FROM outbox').all()).toEqual([]);
      }),
      { numRuns: 100 },
    );
  } finally {
    database.close();
    rmSync(folder, { recursive: true });
  }
});
