import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hook, TestStore } from '../delivery/test-store.ts';
import type { Arrival, Payload } from '../delivery/test-store.ts';
import { times } from '../support/depth.ts';

type Step =
  | { readonly kind: 'write' | 'edit' | 'fail'; readonly file: number; readonly word: number }
  | { readonly kind: 'stop' | 'prompt' | 'refused' };

const aStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('write' as const, 'edit' as const, 'fail' as const),
    file: fc.nat(2),
    word: fc.nat(4),
  }),
  fc.record({ kind: fc.constantFrom('stop' as const, 'prompt' as const, 'refused' as const) }),
);

/** The payloads of one session; `shared` words are written by other sessions too. */
function sessionPayloads(session: number, steps: readonly Step[], shared: boolean): Payload[] {
  const own = { session_id: `s${session}` };
  const owner = shared ? '' : `of ${session}: `;
  return steps.flatMap((step, n): Payload[] => {
    const id = `toolu_${session}_${n}`;
    if (step.kind === 'stop') return [hook.event('Stop', own)];
    if (step.kind === 'prompt') return [hook.event('UserPromptSubmit', { ...own, prompt: 'go' })];
    if (!('file' in step)) return [hook.pre(id, 'Bash', { command: 'rm' }, own)];
    if (!('file' in step)) return [];
    const file = `/p/${session}/${step.file}.ts`;
    const code = `${owner}word ${step.word}`;
    const input = { file_path: file, content: code };
    if (step.kind === 'fail') {
      return [hook.pre(id, 'Write', input, own), hook.failure(id, 'Write', 'no', own)];
    }
    const after =
      step.kind === 'write'
        ? hook.write(id, file, code, own)
        : hook.edit(id, file, `${owner}word`, `${code} and ${n}`, own);
    return [hook.pre(id, 'Write', input, own), after];
  });
}

/** All that the store holds, without row numbers, in an order of its own. */
function contents(store: TestStore): Record<string, unknown[]> {
  const tables = {
    events: 'event_id, session_id, name, tool_use_id, received_at, payload',
    sessions: 'id, started_at, ended_at, last_event_at, cwd, prompts',
    tool_calls: '*',
    patterns: '*',
    lineage_edges: '*',
    occurrences:
      'event_id, ordinal, pattern_id, action, replaced_id, session_id, file_path, start_line, at, authorship, authored_share',
    file_states: 'file_path, project_id, touched_at, hex(noted_lines), hex(history)',
    occurrence_parents: '*',
  };
  return Object.fromEntries(
    Object.entries(tables).map(([table, columns]) => [
      table,
      store
        .rows(`SELECT ${columns} FROM ${table}`)
        .map((row) => JSON.stringify(row))
        .sort(),
    ]),
  );
}

function ingested(...batches: readonly Arrival[][]): Record<string, unknown[]> {
  const store = new TestStore();
  try {
    for (const batch of batches) expect(store.arrive(batch)).toEqual([]);
    return contents(store);
  } finally {
    store.remove();
  }
}

/** Times interleave the sessions, whatever the order in which they are ingested. */
function arrivals(session: number, payloads: readonly Payload[]): Arrival[] {
  return payloads.map((payload, n) => ({
    payload,
    at: 1_000_000 + n * 100 + session,
    spoolName: `${session}-${n}.settings`,
  }));
}

const sessions = fc.array(fc.array(aStep, { maxLength: 12 }), { minLength: 2, maxLength: 4 });

it('gives the same whichever of several independent sessions is ingested first', () => {
  fc.assert(
    fc.property(sessions, fc.infiniteStream(fc.nat()), (all, picks) => {
      const each = all.map((steps, n) => arrivals(n, sessionPayloads(n, steps, false)));
      const shuffled = each
        .map((batch) => ({ batch, key: picks.next().value as number }))
        .sort((a, b) => a.key - b.key)
        .map(({ batch }) => batch);
      const byTime = each.flat().sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
      expect(ingested(...shuffled)).toEqual(ingested(byTime));
    }),
    { numRuns: times(8, 25) },
  );
});

it('gives the same origins whichever of two sessions that write the same code comes first', () => {
  const origins = (all: Record<string, unknown[]>) => [all['patterns'], all['occurrences']];
  fc.assert(
    fc.property(
      fc.array(fc.nat(4), { maxLength: 8 }),
      fc.array(fc.nat(4), { maxLength: 8 }),
      (one, two) => {
        const toSteps = (words: readonly number[]): Step[] =>
          words.map((word, file) => ({ kind: 'write', file, word })); // each in a file of its own
        const a = arrivals(0, sessionPayloads(0, toSteps(one), true));
        const b = arrivals(1, sessionPayloads(1, toSteps(two), true));
        expect(origins(ingested(a, b))).toEqual(origins(ingested(b, a)));
      },
    ),
    { numRuns: times(8, 25) },
  );
});

it('changes nothing when everything is ingested a second time', () => {
  fc.assert(
    fc.property(sessions, (all) => {
      const each = all.map((steps, n) => arrivals(n, sessionPayloads(n, steps, true)));
      expect(ingested(...each, ...each)).toEqual(ingested(...each));
    }),
    { numRuns: times(8, 25) },
  );
});
