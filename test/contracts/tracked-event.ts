import type { TrackedEvent } from '../../lib/service/store/rows/tracked-event.ts';

const NOW = Date.parse('2026-03-04T05:06:07.890Z');

/** Makes an event with what most tests need. Its id contains type, pattern and `at`. */
export function trackedEvent(
  change: Partial<TrackedEvent> & { readonly patternId: string },
): TrackedEvent {
  return {
    eventId: `${change.eventType ?? 'pattern_created'}-of-${change.patternId}-at-${change.at ?? NOW}x`,
    eventType: 'pattern_created',
    name: 'queue.ts',
    patternType: 'code',
    version: '1.0.0',
    language: 'typescript',
    code: `export const ${change.patternId} = 1;\n`,
    parentIds: [],
    edgeType: undefined,
    transformationType: null,
    reason: null,
    triggeredBy: 'claude-code',
    toolName: 'Write',
    filePath: '/w/app/queue.ts',
    sessionId: 's-1',
    toolUseId: null,
    agentName: null,
    startLine: 1,
    endLine: 1,
    durationMs: null,
    at: NOW,
    receivedAt: NOW + 5,
    extra: {},
    ...change,
  };
}
