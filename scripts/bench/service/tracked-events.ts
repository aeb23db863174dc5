import type { TrackedEvent } from '../../../lib/service/store/rows/tracked-event.ts';

/** An event of which only the time matters; `at` is in milliseconds since 1970. */
export function asTracked(at: number): TrackedEvent {
  return {
    eventId: `month-${at}`,
    eventType: 'pattern_created',
    patternId: `month-${at}`,
    name: 'month.ts',
    patternType: 'code',
    version: '1.0.0',
    language: 'typescript',
    code: `export const month = ${at};\n`,
    parentIds: [],
    edgeType: undefined,
    transformationType: null,
    reason: null,
    triggeredBy: 'bench',
    toolName: 'Write',
    filePath: '/w/month.ts',
    sessionId: 'month',
    toolUseId: null,
    agentName: null,
    startLine: 1,
    endLine: 1,
    durationMs: null,
    at,
    receivedAt: at,
    extra: {},
  };
}
