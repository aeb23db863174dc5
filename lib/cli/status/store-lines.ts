import { byteText, counted } from '../../base/amount-text.ts';
import { ago } from '../../base/time-text.ts';
import type { ForeignFiles } from '../../health/files/foreign-files.ts';
import type { HealthFacts } from '../../health/health-facts.ts';
import type { StatusRow as Line } from '../output/delivery-status.ts';
import { evictedText } from '../output/retention-text.ts';
import type { ProofTotals } from '../../store/queries/transcripts/proof-totals.ts';
import { proofText } from '../transcripts/proof-text.ts';
import { setAsideLines } from './set-aside-lines.ts';

/** What is known of the database. */
export interface StoreStatus extends Pick<HealthFacts, 'stored'> {
  /** Why the database is larger than its bound; null if it is not. */
  readonly sizeFault: string | null;
  /** Files that belong to somebody else. */
  readonly foreign: ForeignFiles | null;
}

/** The lines of `status` about the database; `now` is in milliseconds since 1970 UTC. */
export function storeLines(
  { stored: { bytes, content }, sizeFault, foreign }: StoreStatus,
  now: number,
): Line[] {
  const { value, error } = content;
  const { totals, setAside, proof } = value ?? {};
  const lines: Line[] = foreign
    ? [
        ['Owner', foreign.text, 'red'],
        ['', foreign.hint],
      ]
    : [];
  if (error) {
    lines.push(['Database', error.message, 'red'], ['', error.hint ?? '']);
  } else if (!totals || totals.events === 0) {
    lines.push(['Recorded', 'nothing yet']);
  } else {
    lines.push([
      'Recorded',
      [
        counted(totals.sessions, 'session'),
        counted(totals.toolCalls, 'tool call'),
        counted(totals.patterns, 'pattern'),
        `${counted(totals.events, 'event')} (${byteText(bytes ?? 0)})`,
      ].join(', '),
    ]);
    if (proof) lines.push(...proofLines(proof, now));
    if (totals.lastEventAt !== null) {
      lines.push(['Last event', ago(totals.lastEventAt, now)]);
    }
  }
  const evicted = evictedText(value?.counters ?? {});
  const isForgetting = (value?.forgetting ?? 0) > 0;
  if (isForgetting) lines.push(['Forgetting', 'the next courier goes on with it', 'yellow']);
  if (evicted !== undefined) lines.push(['Removed', evicted, 'yellow']);
  if (sizeFault !== null) lines.push(['Size', sizeFault, 'yellow']);
  if (setAside) lines.push(...setAsideLines(setAside, now));
  return lines;
}

/** What transcripts prove, and what is in the way of that. */
function proofLines(proof: ProofTotals, now: number): Line[] {
  const { sessions, missing, incompleteSessions, outdatedSessions, at } = proof;
  const lines: Line[] = sessions > 0 ? [['Proof', `${proofText(proof)}, ${ago(at, now)}`]] : [];
  if (missing > 0) {
    const calls = `${counted(missing, 'call')} of ${counted(incompleteSessions, 'session')}`;
    const text = `not whole: it misses ${calls}; \`reconcile\` says why, and adds what it can`;
    lines.push(['', text, 'yellow']);
  }
  if (outdatedSessions > 0) {
    const which = counted(outdatedSessions, 'session');
    const text = `outdated for ${which} since a repair or restore; \`reconcile\` renews it`;
    lines.push([sessions > 0 ? '' : 'Proof', text, 'yellow']);
  }
  return lines;
}
