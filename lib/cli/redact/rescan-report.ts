import { counted } from '../../base/amount-text.ts';
import type { RescanResult } from '../../ingest/rescan/rescan-job.ts';

/** What a rescan has done, or would do. */
export interface RescanReport {
  readonly result: RescanResult;
  /** True if an earlier run was interrupted; then both are counted. */
  readonly isResumed: boolean;
  /** Copies of the database, which stay as they are. */
  readonly backups: number;
  readonly isDry: boolean;
  /** False if freed pages or the WAL still hold something; the courier goes on with it. */
  readonly isWiped: boolean;
}

/** The report for `--json`; the names of tables and rules are data. */
export function rescanForJson({
  result,
  isResumed,
  backups,
  isDry,
  isWiped,
}: RescanReport): object {
  const { changed, redactions, unchecked, moved, erasures } = result;
  return {
    [isDry ? 'would_change' : 'changed']: changed,
    redactions,
    left_out: unchecked,
    moved_patterns: moved,
    erasures,
    backups,
    is_resumed: isResumed,
    ...(isDry ? {} : { is_wiped: isWiped }),
  };
}

/** The report for people. */
export function rescanText({ result, isResumed, backups, isDry, isWiped }: RescanReport): string {
  const { changed, redactions, unchecked, moved, erasures } = result;
  const secrets = Object.entries(redactions).filter(([rule]) => rule !== 'unchecked');
  const found = secrets.reduce((sum, [, count]) => sum + count, 0);
  const deletions = Object.values(erasures).reduce((sum, count) => sum + count, 0);
  const lines: string[] = [];
  if (isResumed) lines.push('It went on where an earlier run was interrupted.');
  if (Object.keys(changed).length === 0) lines.push('The present rules find nothing new.');
  else {
    const rows = Object.entries(changed).map(([table, count]) => `${table} ${count}`);
    lines.push(
      `${counted(found, 'secret')} ${isDry ? 'would be' : ''} taken out: ${secrets
        .map(([rule, count]) => `${rule} ${count}`)
        .join(', ')}.`.replace('  ', ' '),
      `Rows ${isDry ? 'that would change' : 'changed'}: ${rows.join(', ')}.`,
    );
  }
  if (unchecked > 0) lines.push(`${counted(unchecked, 'character')} took too long to check.`);
  if (moved > 0)
    lines.push(`${counted(moved, 'pattern')} with a new id, because the code is another.`);
  if (deletions > 0) lines.push(`${counted(deletions, 'deletion')} for the server in the outbox.`);
  if (backups > 0)
    lines.push(`Copies of the database in data/, which stay as they are: ${backups}.`);
  if (!isWiped) lines.push('Somebody reads the database; the courier empties freed pages later.');
  return `${lines.join('\n')}\n`;
}
