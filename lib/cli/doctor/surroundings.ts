import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { inspectLink, linkPath } from '../../install/path-link.ts';
import { totalsOf } from '../../store/queries/totals.ts';
import { loadConfig } from '../../config/config-file.ts';
import { configuredSinks } from '../../delivery/delivery-policy.ts';
import { accessFault } from '../../delivery/server-access.ts';
import { nounOf } from '../../delivery/sink-noun.ts';
import { readCourier } from '../status/courier-report.ts';
import { readDatabase } from '../reader.ts';
import { ago } from '../../base/time-text.ts';
import { type DoctorContext, fail, type Finding, INSTALL, ok, warn } from './check.ts';

/** A clock that says less than this was never set: 2025-01-01. */
const PLAUSIBLE_MS = Date.UTC(2025, 0, 1);
const FUTURE_MS = 5 * 60_000;

/** `pattern-tracker` can be called by its name. */
export function onPath({ cli }: DoctorContext): Finding {
  const searchPath = cli.env['PATH'] ?? '';
  const found = searchPath
    .split(delimiter)
    .map((folder) => join(folder, 'pattern-tracker'))
    .find(isExecutable);
  if (found) return ok(found);
  const userHome = cli.env['HOME'] ?? cli.env['USERPROFILE'];
  if (userHome === undefined) return warn('`pattern-tracker` is not on PATH', INSTALL);
  const link = inspectLink(linkPath(userHome), join(cli.paths.home, 'dist', 'cli.mjs'), searchPath);
  if (link.kind === 'present') {
    return warn(
      `${link.path} is there, but its folder is not on PATH`,
      `Add to your shell's start file: export PATH="${dirname(link.path)}:$PATH"`,
    );
  }
  return warn('`pattern-tracker` is not on PATH', INSTALL);
}

export function configValid({ cli }: DoctorContext): Finding {
  const { config, error } = loadConfig(cli.paths);
  if (error !== null) {
    return fail(
      error,
      'Correct it there; until then the last good one, or the defaults, are in force.',
    );
  }
  for (const sink of configuredSinks(config)) {
    const fault = accessFault(config, sink);
    if (fault === null) continue;
    return fail(
      `nothing can be sent to the ${nounOf(sink)}: ${fault}`,
      'Mend that; the courier looks again by itself.',
    );
  }
  const { configError, pid } = readCourier(cli.paths);
  if (pid !== null && configError !== null) {
    return warn(`the courier says: ${configError}`, 'It reads the file again by itself.');
  }
  const { configFile } = cli.paths;
  return ok(existsSync(configFile) ? configFile : `no ${configFile}: the defaults are in force`);
}

export function clockSane({ cli }: DoctorContext): Finding {
  const now = cli.now();
  const mend = 'Set the clock of this machine.';
  if (now < PLAUSIBLE_MS) return fail(`it says ${new Date(now).toISOString()}`, mend);
  const last = lastEventAt({ cli });
  if (last !== null && last > now + FUTURE_MS) {
    return warn(`the newest event is from the future: ${ago(last, now)}`, mend);
  }
  return ok(new Date(now).toISOString());
}

// --- internal ---

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function lastEventAt({ cli }: Pick<DoctorContext, 'cli'>): number | null {
  try {
    return readDatabase(cli, (database) => totalsOf(database).lastEventAt) ?? null;
  } catch {
    return null; // the check of the database says so
  }
}
