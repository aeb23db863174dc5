import type { JsonObject } from '../../base/json.ts';

/** The event a registered hook is asked to capture. */
export type TestEventName = 'PreToolUse' | 'PostToolUse';

/** The ids of the tool call that the test sends. */
export interface TestCall {
  readonly sessionId: string;
  readonly toolUseId: string;
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
