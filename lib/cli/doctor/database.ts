import { existsSync, statSync } from 'node:fs';
import { errorMessage, TrackerError } from '../../base/errors.ts';
import { schemaVersion } from '../../store/database/database.ts';
import { quickCheck } from '../../store/queries/health.ts';
import { setAsideDatabase } from '../../store/queries/totals.ts';
import { readDatabase } from '../reader.ts';
import { byteText } from '../../base/amount-text.ts';
import { type DoctorContext, fail, type Finding, ok, warn } from './check.ts';

/** A larger file is not read through: that would take longer than anybody waits. */
const MAX_CHECKED_BYTES = 1_000_000_000;

export function databaseSound({ cli }: DoctorContext): Finding {
  const { database: path } = cli.paths;
  if (!existsSync(path)) return ok('not there yet; the courier makes it');
  const size = bytesOf(path) + bytesOf(`${path}-wal`);
  const isChecked = size <= MAX_CHECKED_BYTES;
  try {
    const facts = readDatabase(cli, (database) => ({
      version: schemaVersion(database),
      faults: isChecked ? quickCheck(database, 3) : [],
      setAside: setAsideDatabase(database),
    }));
    if (facts?.faults.length) {
      return fail(
        facts.faults.join('; '),
        'Run `pattern-tracker repair`: it makes a sound one of it, and keeps the damaged one.',
      );
    }
    if (facts?.setAside) {
      return warn(
        `sound, but an earlier one was corrupt and lies in ${facts.setAside.path}`,
        'Once you have seen to it: pattern-tracker status --acknowledge',
      );
    }
    const check = isChecked ? 'sound' : 'too large to be checked here';
    return ok(`schema ${facts?.version}, ${byteText(size)}, ${check}`);
  } catch (error) {
    const hint = error instanceof TrackerError ? error.hint : undefined;
    return fail(errorMessage(error), hint ?? 'Run `pattern-tracker capture-test`.');
  }
}

// --- internal ---

function bytesOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
