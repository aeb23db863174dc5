import { callEventId } from '../../../event/call-event-id.ts';
import type { Database } from '../../database/database.ts';
import { CallDiffs } from '../history/call-diffs.ts';
import type { FileDiff } from '../history/call-diffs.ts';
import { patternsOfEvent } from '../activity.ts';
import type { WrittenPattern } from '../activity.ts';
import { payloadField } from '../../database/payload/payload-field.ts';
import type { PassedCall } from './session-pass.ts';

/** A call in the timeline of a session. Times are milliseconds since 1970 UTC. */
export interface TimelineCall extends Omit<PassedCall, 'recovered'> {
  /** What Claude had asked for, if another hook changed the input; else null. */
  readonly asked: string | null;
  readonly error: string | null;
  /** Whether it was let run, by what and why, in Claude Code's own words; null where no transcript told. */
  readonly permission: string | null;
  readonly permissionSource: string | null;
  readonly permissionReason: string | null;
  /** True if only the transcript told of it, or how it ended. */
  readonly isRecovered: boolean;
  /** Files that it deleted, or changed without telling what they hold. */
  readonly fileChanges: readonly { readonly filePath: string; readonly change: string }[];
  /** The code that it wrote. */
  readonly patterns: readonly WrittenPattern[];
  /** What it did to files; undefined if nobody asked. */
  readonly diffs: readonly FileDiff[] | undefined;
  /** The subagent that it started, as its result tells; null for others. */
  readonly startedAgent: string | null;
}

/** Reads what else is known of calls. */
export class TimelineCalls {
  readonly #session: string;
  readonly #diffs: CallDiffs | undefined;
  readonly #details;
  readonly #changes;
  readonly #agent;
  readonly #patterns;

  constructor(database: Database, sessionId: string, withDiffs: boolean) {
    this.#session = sessionId;
    this.#diffs = withDiffs ? new CallDiffs(database) : undefined;
    this.#details = database.prepare<[string, string], CallDetails>(
      `SELECT asked, error, permission, permission_source AS permissionSource, permission_reason AS permissionReason
       FROM tool_calls WHERE session_id = ? AND tool_use_id = ?`,
    );
    this.#changes = database.prepare<[string, string], { filePath: string; change: string }>(
      `SELECT file_path AS filePath, change FROM file_changes
       WHERE session_id = ? AND tool_use_id = ? ORDER BY file_path`,
    );
    this.#agent = database
      .prepare<[string], string | null>(
        `SELECT ${payloadField('payload', 'tool_response.agentId')} FROM events WHERE event_id = ?`,
      )
      .pluck();
    this.#patterns = (eventId: string) => patternsOfEvent(database, eventId);
  }

  /** The call with all that is known of it. */
  read({ recovered, ...call }: PassedCall): TimelineCall {
    const { toolUseId } = call;
    const details = this.#details.get(this.#session, toolUseId) ?? NO_DETAILS;
    const eventId = callEventId(this.#session, toolUseId, 'PostToolUse');
    return {
      ...call,
      ...details,
      isRecovered: recovered === 1,
      fileChanges: this.#changes.all(this.#session, toolUseId),
      patterns: this.#patterns(eventId),
      diffs: this.#diffs?.of({ sessionId: this.#session, toolUseId }),
      startedAgent: STARTERS.has(call.toolName) ? (this.#agent.get(eventId) ?? null) : null,
    };
  }

  /** The call with what a list of very many shows; of the rest it has nothing. */
  readBriefly(call: PassedCall): TimelineCall {
    const { toolUseId, toolName, outcome, recovered } = call;
    const isPlain = outcome === 'ok' || outcome === 'running';
    const details = isPlain ? undefined : this.#details.get(this.#session, toolUseId);
    const isStarter = STARTERS.has(toolName);
    const eventId = isStarter ? callEventId(this.#session, toolUseId, 'PostToolUse') : '';
    return {
      ...call,
      ...(details ?? NO_DETAILS),
      isRecovered: recovered === 1,
      fileChanges: [],
      patterns: [],
      diffs: undefined,
      startedAgent: isStarter ? (this.#agent.get(eventId) ?? null) : null,
    };
  }
}

// --- internal ---

/** Tools that start a subagent; the second is what older versions call the first. */
const STARTERS: ReadonlySet<string> = new Set(['Agent', 'Task']);

type CallDetails = Pick<
  TimelineCall,
  'asked' | 'error' | 'permission' | 'permissionSource' | 'permissionReason'
>;

const NO_DETAILS: CallDetails = {
  asked: null,
  error: null,
  permission: null,
  permissionSource: null,
  permissionReason: null,
};
