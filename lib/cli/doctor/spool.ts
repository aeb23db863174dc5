import { readSpool } from '../status/spool-report.ts';
import { counted } from '../../base/amount-text.ts';
import { ago } from '../../base/time-text.ts';
import { type DoctorContext, fail, type Finding, ok, warn } from './check.ts';

/** A spool that is worked off never holds an event as old as this, in milliseconds. */
const STALE_MS = 10 * 60_000;

export function backlog({ cli }: DoctorContext): Finding {
  const { waiting, oldestAt, isFull } = readSpool(cli.paths);
  const now = cli.now();
  const mend = 'Run `pattern-tracker capture-test`, and see the check of the courier.';
  if (isFull) return fail(`full, ${counted(waiting, 'file')} wait; new events are dropped`, mend);
  if (oldestAt === null) return ok('nothing waits');
  const found = `${counted(waiting, 'file')} waiting, the oldest from ${ago(oldestAt, now)}`;
  return now - oldestAt > STALE_MS ? warn(found, mend) : ok(found);
}

export function quarantine({ cli }: DoctorContext): Finding {
  const { quarantined } = readSpool(cli.paths);
  if (quarantined === 0) return ok('empty');
  return warn(
    `${counted(quarantined, 'file')} that could not be parsed`,
    `The end of each name says why; look at them, then remove them: ${cli.paths.spoolBad}`,
  );
}

export function drops({ cli }: DoctorContext): Finding {
  const { unwritable, spoolFull } = readSpool(cli.paths).dropped;
  if (unwritable + spoolFull === 0) return ok('none');
  const parts = [
    ...(unwritable > 0 ? [`${counted(unwritable, 'event')} could not be written`] : []),
    ...(spoolFull > 0 ? [`${counted(spoolFull, 'event')} came while the spool was full`] : []),
  ];
  return warn(parts.join('; '), `They are lost. To count anew: : > '${cli.paths.drops}'`);
}
