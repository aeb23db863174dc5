import { forgetReplySchema } from '../../lineage-api/service-reply.ts';
import { forgetPatternSchema, forgetSchema, isSet } from '../../lineage-api/service-request.ts';
import { okReply, route } from '../http/route.ts';
import type { Call, Reply, Route } from '../http/route.ts';
import { forget } from '../store/forgetting.ts';
import type { Forgotten } from '../store/forgetting.ts';
import { addRemoved, NOTHING_REMOVED } from '../store/rows/forgetting.ts';
import type { Selection } from '../store/rows/forgetting.ts';

const shared = {
  method: 'DELETE',
  tag: 'Patterns',
  scope: 'admin',
  replies: { 200: forgetReplySchema },
} as const;

/** Routes that delete. */
export const forgetRoutes: readonly Route[] = [
  route({
    ...shared,
    path: '/patterns/{pattern_id}',
    summary: 'Delete a pattern and all that hangs on it',
    description:
      'An unknown pattern is no error: nothing is deleted. With `dry_run=true` it is only counted.',
    query: forgetPatternSchema,
    handle: (call) => remove(call, { patternId: call.patternId }, isSet(call.query.dry_run)),
  }),
  route({
    ...shared,
    path: '/patterns',
    summary: 'Delete what came from a session or machine, or before a time, or everything',
    description:
      'What matches all that is named is deleted; `all=true` stands alone. A pattern goes when no event of ' +
      'others tells of it. When `is_complete` is false, the same request again does the rest. With ' +
      '`dry_run=true` it is only counted.',
    query: forgetSchema,
    handle(call) {
      const { session, machine, before, dry_run: dryRun } = call.query;
      const selection = {
        sessionId: session,
        machine,
        before: before === undefined ? undefined : Date.parse(before),
      };
      return remove(call, selection, isSet(dryRun));
    },
  }),
];

// --- internal ---

/** The part of a request's time that is spent on deleting; the rest is for its last step and the reply. */
const SPENT = 0.5;

async function remove(
  { service, store, actor, elapsedMs }: Call,
  selection: Selection,
  isTrial: boolean,
): Promise<Reply> {
  const { clock, metrics, audit, timeoutMs } = service;
  let forgotten: Forgotten = { removed: NOTHING_REMOVED, isComplete: false };
  try {
    forgotten = await forget(store, selection, {
      isTrial,
      clock,
      mayGoOn: () => elapsedMs() < timeoutMs * SPENT && !service.isStopping,
      onRemoved(removed) {
        metrics.removed('request', removed);
        forgotten = { removed: addRemoved(forgotten.removed, removed), isComplete: false };
      },
    });
  } finally {
    if (!isTrial) await audit.deleted(actor, selection, forgotten);
  }
  const { removed, isComplete } = forgotten;
  return okReply({
    success: true,
    data: { removed, is_complete: isComplete },
    metadata: { dry_run: isTrial, processing_time_ms: elapsedMs() },
  });
}
