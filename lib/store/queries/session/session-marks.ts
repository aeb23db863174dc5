import { isTypedPrompt } from '../../../event/event-record.ts';
import { hookEventOf } from '../../../event/hook-event.ts';
import type { HookEvent } from '../../../event/hook-event.ts';
import { callSummary } from '../../../event/tool-call.ts';
import { asObject } from '../../../base/json.ts';
import type { Json } from '../../../base/json.ts';
import type { Database } from '../../database/database.ts';

/** An event of a session that is about no call of its own. */
export interface SessionMark {
  readonly name: string;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly agentId: string | null;
  /** Of a prompt, as it is stored; null if it is not kept. */
  readonly prompt: string | null;
  /** False for a prompt that Claude Code wrote, as when a background task ends. */
  readonly isTyped: boolean;
  /** Of a notification. */
  readonly notificationType: string | null;
  /** Of a request for permission: the call that it is about, as `tool_calls` has it. */
  readonly toolName: string | null;
  readonly summary: string | null;
}

/** The events that divide a session, and those by which it waits for a person, in their order. */
export function sessionMarks(database: Database, sessionId: string): SessionMark[] {
  return database
    .prepare<[string], MarkRow>(
      `SELECT name, received_at AS at, agent_id AS agentId, payload_text(payload) AS payload
       FROM events WHERE session_id = ? AND tool_use_id IS NULL AND name IN (${NAMES})
       ORDER BY received_at, id`,
    )
    .all(sessionId)
    .map(markOf);
}

/** The last of them that is of the session itself and tells what it is about; undefined if none is recorded. */
export function lastMark(database: Database, sessionId: string): SessionMark | undefined {
  const row = database
    .prepare<[string], MarkRow>(
      `SELECT name, received_at AS at, agent_id AS agentId, payload_text(payload) AS payload
       FROM events WHERE session_id = ? AND tool_use_id IS NULL AND name IN (${NAMES}) AND name != 'PreCompact'
       ORDER BY received_at DESC, id DESC LIMIT 1`,
    )
    .get(sessionId);
  return row && markOf(row);
}

// --- internal ---

interface MarkRow {
  readonly name: string;
  readonly at: number;
  readonly agentId: string | null;
  readonly payload: string | null;
}

const NAMES = [
  'UserPromptSubmit',
  'Stop',
  'StopFailure',
  'SessionStart',
  'SessionEnd',
  'PreCompact',
  'PermissionRequest',
  'Notification',
  'Elicitation',
  'ElicitationResult',
]
  .map((name) => `'${name}'`)
  .join(', ');

function markOf({ name, at, agentId, payload }: MarkRow): SessionMark {
  const event = eventIn(payload);
  return {
    name,
    at,
    agentId,
    prompt: event?.prompt ?? null,
    isTyped: name === 'UserPromptSubmit' && (event === undefined || isTypedPrompt(event)),
    notificationType: event?.notificationType ?? null,
    toolName: event?.toolName ?? null,
    summary: event?.toolInput === undefined ? null : callSummary(event.toolInput),
  };
}

/** Undefined once the payload is past retention. */
function eventIn(payload: string | null): HookEvent | undefined {
  try {
    const stored = payload === null ? undefined : asObject(JSON.parse(payload) as Json);
    return stored && hookEventOf(stored);
  } catch {
    return undefined;
  }
}
