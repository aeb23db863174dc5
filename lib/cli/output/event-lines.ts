import { basename } from 'node:path';
import type { Database } from '../../store/database/database.ts';
import { patternsOfEvent, refusedCallsOf, toolCallById } from '../../store/queries/activity.ts';
import type { StoredEvent, WrittenPattern } from '../../store/queries/activity.ts';
import type { ListedToolCall } from '../../store/queries/tool-calls.ts';

/** What `tail` shows of an event. */
export type ActivityItem =
  | { readonly type: 'session'; readonly event: StoredEvent; readonly change: 'started' | 'ended' }
  | { readonly type: 'tool_call'; readonly event: StoredEvent; readonly call: ActivityCall }
  | { readonly type: 'pattern'; readonly event: StoredEvent; readonly pattern: WrittenPattern };

/** A tool call that has ended. Only its name and outcome are known when Claude Code sends no id for it. */
export type ActivityCall = Pick<
  ListedToolCall,
  'toolName' | 'summary' | 'outcome' | 'error' | 'durationMs'
> & { readonly toolUseId: string | null };

/** What `tail` shows of one event: a session's start or end, tool calls that ended, and the code they wrote. */
export function itemsOf(database: Database, event: StoredEvent): ActivityItem[] {
  const patterns = patternsOfEvent(database, event.eventId).map(
    (pattern) => ({ type: 'pattern', event, pattern }) as const,
  );
  return [...ownItems(database, event), ...patterns];
}

/** The name of a session's project, else of its folder; '' when neither is known. */
export function projectOf({ projectName, projectRoot }: StoredEvent): string {
  return projectName ?? (projectRoot === null ? '' : basename(projectRoot));
}

// --- internal ---

function ownItems(database: Database, event: StoredEvent): ActivityItem[] {
  switch (event.name) {
    case 'SessionStart':
      return [{ type: 'session', event, change: 'started' }];
    case 'SessionEnd':
      return [{ type: 'session', event, change: 'ended' }];
    case 'PostToolUse':
    case 'PostToolUseFailure':
      return [{ type: 'tool_call', event, call: endedCall(database, event) }];
    case 'PostToolBatch':
      return refusedCallsOf(database, event).map((call) => ({ type: 'tool_call', event, call }));
    default:
      return [];
  }
}

function endedCall(database: Database, event: StoredEvent): ActivityCall {
  const call = event.toolUseId && toolCallById(database, event.sessionId, event.toolUseId);
  if (call) return call;
  return {
    toolUseId: event.toolUseId,
    toolName: event.toolName ?? '',
    summary: '',
    outcome: event.name === 'PostToolUse' ? 'ok' : 'failed',
    error: null,
    durationMs: null,
  };
}
