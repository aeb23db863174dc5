import { readdirSync } from 'node:fs';
import { errorCode, TrackerError } from '../base/errors.ts';
import { readManifest } from './manifest.ts';

/**
 * Makes sure that a folder is an installation or can become one. If `PATTERN_TRACKER_HOME` names a folder
 * with other files, uninstalling must not remove those.
 *
 * @throws TrackerError E_HOME_FOREIGN
 */
export function checkHome(home: string): void {
  let names: readonly string[];
  try {
    names = readdirSync(home);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  const strangers = names.filter((name) => !OURS.test(name));
  if (strangers.length === 0 || readManifest(home)) return;
  throw new TrackerError(
    'E_HOME_FOREIGN',
    `${home} holds files that do not belong to pattern-tracker, such as ${strangers[0] ?? ''}`,
    { hint: 'Set PATTERN_TRACKER_HOME to an empty folder, or leave it unset.' },
  );
}

// --- internal ---

const OURS =
  /^(?:hooks|dist|data|node_modules|package\.json|install\.json(?:\.[-0-9a-f]+)?|node(?:\.new)?|\.DS_Store)$/;
