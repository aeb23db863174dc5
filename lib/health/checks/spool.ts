import { existsSync } from 'node:fs';
import { counted } from '../../base/amount-text.ts';
import { ago } from '../../base/time-text.ts';
import { attemptReasons } from '../attempts/attempt-text.ts';
import type { CheckFacts } from './check-facts.ts';
import { fail, ok, warn } from './check.ts';
import type { CheckFinding } from './check.ts';

/** While a courier ingests the spool, no event in it gets as old as this, in milliseconds. */
const STALE_MS = 10 * 60_000;

/** What waits is ingested in time. */
export function backlog({ gathered }: CheckFacts): CheckFinding {
  const { at: now, spool } = gathered();
  const { waiting, oldestAt, isFull } = spool;
  const mend = 'Run `pattern-tracker capture-test`, and see the check of the courier.';
  if (isFull) return fail(`full, ${counted(waiting, 'file')} wait; new events are dropped`, mend);
  if (oldestAt === null) return ok('nothing waits');
  const found = `${counted(waiting, 'file')} waiting, the oldest from ${ago(oldestAt, now)}`;
  return now - oldestAt > STALE_MS ? warn(found, mend) : ok(found);
}

/** No file is in quarantine, and none was lost from it. */
export function quarantine({ paths, gathered }: CheckFacts): CheckFinding {
  const { at: now, spool, stored } = gathered();
  const { quarantined } = spool;
  const evicted = stored.content.value?.evicted;
  const found = `${counted(quarantined, 'file')} that could not be ingested`;
  if (evicted) {
    return warn(
      `${quarantined === 0 ? 'empty' : found}; ${counted(evicted.files, 'file')} removed or cut for good, the last ${ago(evicted.at, now)}`,
      `They were too many or too large for spool.max_bad_files and spool.max_bad_bytes. \`pattern-tracker logs\` names them, \`pattern-tracker status --acknowledge\` ends this warning. What is left: ${paths.spoolBad}`,
    );
  }
  if (quarantined === 0) return ok('empty');
  return warn(
    found,
    `The end of each name says why; look at them, then remove them: ${paths.spoolBad}`,
  );
}

/** Capture has dropped no event. */
export function drops({ paths, gathered }: CheckFacts): CheckFinding {
  const { spool } = gathered();
  const { unwritable, spoolFull } = spool.dropped;
  if (unwritable + spoolFull === 0) {
    if (spool.countsDrops || !existsSync(paths.data)) return ok('none');
    return warn(
      'none are known, but on a full disk not all could be counted',
      `It takes a file with a byte in it. The next courier makes it, and so does: echo >> '${paths.drops}'`,
    );
  }
  const parts = [
    ...(unwritable > 0 ? [`${counted(unwritable, 'event')} could not be written`] : []),
    ...(spoolFull > 0 ? [`${counted(spoolFull, 'event')} came while the spool was full`] : []),
  ];
  return warn(parts.join('; '), `They are lost. To reset the count, run: : > '${paths.drops}'`);
}

/** No project has tried to redirect what is recorded, or switched it off. */
export function attempts({ gathered }: CheckFacts): CheckFinding {
  const { attempts: found } = gathered();
  const reasons = found.flatMap(attemptReasons);
  if (reasons.length > 0) {
    return warn(
      reasons.join(' '),
      'Look at the settings of the project. `pattern-tracker status --acknowledge` ends this warning.',
    );
  }
  const setting = found.flatMap(({ project, settings: { variables } }) =>
    variables.length > 0 ? [`${project} sets ${variables.join(', ')}`] : [],
  );
  return ok(setting.length === 0 ? 'nothing' : `nothing; ${setting.join('; ')}`);
}
