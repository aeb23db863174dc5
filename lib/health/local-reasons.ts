import { counted } from '../base/amount-text.ts';
import type { EvictedFiles, SetAside } from '../store/queries/totals.ts';
import { attemptReasons } from './attempts/attempt-text.ts';
import type { ProjectAttempts } from './attempts/attempts.ts';
import type { CourierFacts } from './courier-facts.ts';
import type { SpoolFacts } from './spool-facts.ts';

/** What is known of this machine's own part, from the hooks to the database. */
export interface LocalFacts {
  readonly courier: Pick<CourierFacts, 'status' | 'reason'>;
  readonly spool: Pick<SpoolFacts, 'isFull' | 'dropped'>;
  /** What projects tried. */
  readonly attempts: readonly ProjectAttempts[];
  /** The corrupt database that the present one replaced. */
  readonly setAside: Pick<SetAside, 'path'> | null | undefined;
  /** What the quarantine has lost. */
  readonly evicted: EvictedFiles | null | undefined;
}

/** Why recording on this machine needs a look although it goes on, a sentence each. */
export function localReasons({
  courier,
  spool,
  setAside,
  evicted,
  attempts,
}: LocalFacts): string[] {
  const reasons: string[] = [];
  if (courier.status === 'degraded')
    reasons.push(`The courier is degraded: ${courier.reason ?? ''}.`);
  if (courier.status === 'stalled')
    reasons.push(`The courier is stalled: ${courier.reason ?? ''}.`);
  if (spool.isFull) reasons.push('The spool is full: events are dropped.');
  const dropped = spool.dropped.unwritable + spool.dropped.spoolFull;
  if (dropped > 0)
    reasons.push(`Events were dropped: ${dropped}; \`pattern-tracker doctor\` says why.`);
  if (evicted) {
    reasons.push(
      `The quarantine lost ${counted(evicted.files, 'file')}; \`pattern-tracker doctor\` says why.`,
    );
  }
  const tried = attempts.flatMap(attemptReasons);
  reasons.push(...tried.slice(0, MOST_TRIED));
  if (tried.length > MOST_TRIED) {
    reasons.push(`${tried.length - MOST_TRIED} more of this kind: see \`pattern-tracker status\`.`);
  }
  if (setAside) {
    reasons.push(
      `A corrupt database was set aside as ${setAside.path}: \`pattern-tracker recover\` adds what it holds, or what the newest backup does.`,
    );
  }
  return reasons;
}

// --- internal ---

/** How many sentences about what projects tried are shown. */
const MOST_TRIED = 3;
