import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../base/json.ts';
import { TEST_SESSION_PREFIX } from '../../store/queries/conditions.ts';

/** The event a registered hook is asked to capture. */
export type TestEventName = 'PreToolUse' | 'PostToolUse';

/** The ids of the tool call that the test sends. */
export interface TestCall {
  readonly sessionId: string;
  readonly toolUseId: string;
}

/** The ids of a new call, in a session that lists leave out. */
export function newTestCall(): TestCall {
  const id = randomUUID();
  return { sessionId: `${TEST_SESSION_PREFIX}${id}`, toolUseId: `toolu_test_${id}` };
}

/**
 * What Claude Code would send for one Read. A Read makes no pattern, and the event names no folder, so
 * that the test makes no project either.
 */
export function testEvent(name: TestEventName, { sessionId, toolUseId }: TestCall): JsonObject {
  const file = 'capture-test.txt';
  const before = {
    session_id: sessionId,
    hook_event_name: name,
    tool_name: 'Read',
    tool_input: { file_path: file },
  };
  if (name === 'PreToolUse') return { ...before, tool_use_id: toolUseId };
  return {
    ...before,
    tool_response: {
      type: 'text',
      file: { filePath: file, content: 'capture-test', numLines: 1, startLine: 1, totalLines: 1 },
    },
    tool_use_id: toolUseId,
    duration_ms: 1,
  };
}
