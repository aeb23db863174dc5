import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CONFIG_DEFAULTS } from '../../lib/config/config.ts';
import { DeclarationRecorder } from '../../lib/library/declaration-recorder.ts';
import type { CleanDeclaration } from '../../lib/library/declaration-recorder.ts';
import { openTestDatabase } from '../support/test-database.ts';
import { lineageContract } from '../contracts/lineage-contract.ts';
import type { HistoryEvent } from '../contracts/lineage-histories.ts';
import { fileNameOf } from '../contracts/lineage-histories.ts';
import { databaseOutcomes } from '../contracts/lineage-writers.ts';

// A declaration happens when it is made, so the library is told of every history in the order of its times.
lineageContract('library: declarations of a caller', {
  mostOrders: 1,
  open: () => {
    const folder = mkdtempSync(join(tmpdir(), 'lineage-'));
    const database = openTestDatabase(join(folder, 'tracker.db'));
    database.pragma('synchronous = OFF');
    let now: HistoryEvent | undefined;
    const recorder = new DeclarationRecorder(database, {
      config: CONFIG_DEFAULTS,
      clock: () => now?.at ?? 0,
      machine: 'test-machine',
      clean: (text) => text,
      newEventId: () => now?.eventId ?? '',
    });
    const known = new Set<string>();
    return {
      kind: 'library',
      tell: (events) => {
        // Of one millisecond, parents come first in every history that the library is told of.
        const inOrder = events.toSorted((a, b) => a.at - b.at);
        for (const event of inOrder) {
          now = event;
          recorder.record(declarationOf(event, known));
          known.add(event.patternId);
        }
      },
      outcomes: (ids) => databaseOutcomes(database, ids),
      dispose: () => {
        database.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
});

it('takes what is declared of a known pattern in the millisecond of its origin for a later one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lineage-'));
  const database = openTestDatabase(join(folder, 'tracker.db'));
  let events = 0;
  const recorder = new DeclarationRecorder(database, {
    config: CONFIG_DEFAULTS,
    clock: () => 10,
    machine: 'test-machine',
    clean: (text) => text,
    newEventId: () => `${++events}`.padEnd(32, '0'), // each greater than those before
  });
  const code = 'code';
  const context = { ...CONTEXT, filePath: '/w/a.ts' };
  recorder.record({ kind: 'created', patternId: 'a', code, relatedIds: [], context });
  recorder.record({ kind: 'created', patternId: 'b', code, relatedIds: [], context });
  recorder.record({ kind: 'modified', patternId: 'b', code, relatedIds: ['a'], context });
  expect(databaseOutcomes(database, ['b'])).toMatchObject([
    { origin: 'created', edges: [], occurrences: ['applied at 11', 'created at 10'] },
  ]);
  database.close();
  rmSync(folder, { recursive: true });
});

// --- internal ---

/** A caller can only name parents that are known. */
function declarationOf(event: HistoryEvent, known: ReadonlySet<string>): CleanDeclaration {
  const { patternId } = event;
  const context = { ...CONTEXT, filePath: `/w/${fileNameOf(event)}` };
  if (event.kind === 'deprecation') {
    const { reason } = event;
    const relatedIds = [patternId];
    return {
      kind: 'deprecated',
      patternId,
      code: undefined,
      relatedIds,
      context: { ...context, reason },
    };
  }
  const relatedIds = event.parentIds.filter((id) => known.has(id));
  const kind =
    relatedIds.length === 0
      ? 'created'
      : event.edgeType === 'derived_from'
        ? 'forked'
        : event.edgeType === 'merged_from'
          ? 'merged'
          : 'modified';
  return { kind, patternId, code: `code of ${patternId}`, relatedIds, context };
}

const CONTEXT = {
  language: 'typescript',
  sessionId: undefined,
  toolName: undefined,
  toolUseId: undefined,
  reason: undefined,
  transformationType: undefined,
  cwd: undefined,
  startLine: null,
  endLine: null,
  further: {},
};
