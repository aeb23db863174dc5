import { realpathSync } from 'node:fs';
import { byteText } from '../../base/amount-text.ts';
import type { CheckFacts } from './check-facts.ts';
import { fail, ok, warn } from './check.ts';
import type { CheckFinding } from './check.ts';
import { largeWal, usersOf } from '../files/wal-readers.ts';

/** tracker.db can be read and is sound. */
export function databaseSound({ gathered, paths }: CheckFacts): CheckFinding {
  const { stored, courier } = gathered();
  const { bytes, soundness } = stored;
  const { value, error } = soundness;
  if (error) return fail(error.message, error.hint ?? 'Run `pattern-tracker capture-test`.');
  if (value === null) return ok('not there yet; the courier creates it');
  const { schemaVersion, isChecked, faults, setAside } = value;
  if (faults.length > 0) {
    return fail(
      faults.join('; '),
      'Run `pattern-tracker repair`: it rebuilds a sound one, and keeps the damaged one.',
    );
  }
  if (setAside) {
    return warn(
      `sound, but an earlier one was corrupt and lies in ${setAside.path}`,
      'Run `pattern-tracker recover`: it adds what the old one still holds to the new one, or what the newest backup does. Or leave it, and run `pattern-tracker status --acknowledge`.',
    );
  }
  const wal = largeWal(paths.database);
  if (wal !== undefined) {
    const users = usersOf(realpathSync(paths.database), [process.pid, courier.pid]);
    const who = users
      .map(({ pid, program }) => `${program ?? 'a program'} (pid ${pid})`)
      .join(', ');
    return warn(
      `sound, but ${byteText(wal)} of changes cannot be moved into it, because a program reads it all the time${who && `: ${who}`}`,
      'End that program, or its transaction; the courier then empties tracker.db-wal by itself.',
    );
  }
  const check = isChecked ? 'sound' : 'too large to be checked here';
  return ok(`schema ${schemaVersion}, ${byteText(bytes ?? 0)}, ${check}`);
}
