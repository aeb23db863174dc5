import type { Database } from '../../database/database.ts';
import { nestedCalls } from './agent-tree.ts';
import type { TimelineEntry } from './agent-tree.ts';
import { ChangedFiles } from './changed-files.ts';
import type { ChangedFile } from './changed-files.ts';
import { sessionCalls } from './session-calls.ts';
import { sessionHead } from './session-head.ts';
import type { SessionHead, SessionProof } from './session-head.ts';
import { sessionMarks } from './session-marks.ts';
import { SessionPass } from './session-pass.ts';
import type { SessionTotals } from './session-pass.ts';
import { sessionUsage, tokenSum } from './session-usage.ts';
import type { ModelUsage, TokenSums } from './session-usage.ts';
import { TimelineCalls } from './timeline-calls.ts';
import { turnsOf } from './turns.ts';
import type { Turn } from './turns.ts';
import type { Waiting } from './waiting.ts';

/** Which part of a session is shown. */
export interface TimelineOptions {
  /** The most calls; -1 for all. */
  readonly limit: number;
  /** Only the calls after this one. */
  readonly after?: string | undefined;
  /** True to show what each call did to files. @default false */
  readonly withDiffs?: boolean | undefined;
  /** True to read of each call only why it failed and which subagent it started: a session may have very many. @default false */
  readonly isBrief?: boolean | undefined;
}

/** What happened in a session. Times are milliseconds since 1970 UTC, lengths of time are in milliseconds. */
export interface SessionTimeline {
  readonly session: SessionHead;
  /** Of all calls, also those that are not shown. */
  readonly totals: SessionTotals;
  readonly waiting: Waiting;
  readonly tokens: TokenSums;
  readonly models: readonly ModelUsage[];
  readonly files: readonly ChangedFile[];
  readonly turns: readonly Turn<TimelineEntry>[];
  /** How it compares with its transcript; null if it was not compared. */
  readonly proof: SessionProof | null;
  /** The last call that is shown if there are more, to go on after it; null at the end. */
  readonly next: string | null;
}

/** What happened in a session; undefined if it is not recorded. `no-such-call`: it has none of the id to go on after. */
export function sessionTimeline(
  database: Database,
  sessionId: string,
  { limit, after, withDiffs = false, isBrief = false }: TimelineOptions,
): SessionTimeline | 'no-such-call' | undefined {
  const head = sessionHead(database, sessionId);
  if (head === undefined) return undefined;
  const marks = sessionMarks(database, sessionId);
  const pass = new SessionPass(marks, { limit, after });
  const files = new ChangedFiles(database, sessionId);
  for (const call of sessionCalls(database, sessionId)) {
    pass.add(call);
    files.add(call);
  }
  if (!pass.hasBegun) return 'no-such-call';
  const reader = new TimelineCalls(database, sessionId, withDiffs);
  const shown = pass.shown.map((call) => (isBrief ? reader.readBriefly(call) : reader.read(call)));
  const models = sessionUsage(database, sessionId);
  return {
    session: head.session,
    totals: pass.totals(),
    waiting: pass.waits.sum(),
    tokens: tokenSum(models),
    models,
    files: files.result(),
    turns: turnsOf(marks, nestedCalls(database, sessionId, shown), pass),
    proof: head.proof,
    next: pass.next,
  };
}
