import { existsSync, statSync } from 'node:fs';
import { TrackerError } from '../../base/errors.ts';
import { countersOf, setAsideDatabase, totalsOf } from '../../store/queries/totals.ts';
import type { SetAside, Totals } from '../../store/queries/totals.ts';
import { readCourier } from './courier-report.ts';
import type { CourierReport } from './courier-report.ts';
import type { CliEnvironment } from '../environment.ts';
import { readDeliveries } from './delivery-report.ts';
import type { DeliveryReport } from './delivery-report.ts';
import { readDatabase } from '../reader.ts';
import { ESSENTIAL_EVENTS, readRegistration } from './registration.ts';
import type { RegistrationReport } from './registration.ts';
import { readSpool } from './spool-report.ts';
import type { SpoolReport } from './spool-report.ts';

/** Whether events are captured: `off` says why. */
export type Recording =
  | { readonly state: 'on'; readonly by: readonly string[] }
  | { readonly state: 'off'; readonly why: string; readonly hint: string };

export interface StatusReport {
  readonly recording: Recording;
  readonly isInstalled: boolean;
  readonly courier: CourierReport;
  readonly spool: SpoolReport;
  /** Null while there is no database, and when it can't be read. */
  readonly totals: Totals | null;
  readonly counters: Readonly<Record<string, number>>;
  readonly databaseBytes: number | null;
  readonly databaseError: TrackerError | null;
  readonly setAside: SetAside | null;
  readonly configError: string | null;
  /** Of every sink there is something to say of. */
  readonly deliveries: readonly DeliveryReport[];
}

/** Gathers all that `status` shows; a part that can't be read does not hide the others. */
export async function gatherStatus(cli: CliEnvironment): Promise<StatusReport> {
  const { paths } = cli;
  const isInstalled = existsSync(paths.data) || existsSync(`${paths.home}/dist`);
  const stored = readStored(cli);
  return {
    recording: recordingOf(readRegistration(cli), cli, isInstalled),
    isInstalled,
    courier: readCourier(paths),
    spool: readSpool(paths),
    totals: stored.totals,
    counters: stored.counters,
    databaseBytes: sizeOf(paths.database),
    databaseError: stored.error,
    setAside: stored.setAside,
    ...(await configurationOf(cli)),
  };
}

// --- internal ---

async function configurationOf(
  cli: CliEnvironment,
): Promise<Pick<StatusReport, 'configError' | 'deliveries'>> {
  const { configFile, resilienceFile, loggingFile } = cli.paths;
  const hasFile = [configFile, resilienceFile, loggingFile].some((file) => existsSync(file));
  // The usual case: nothing to check, so nothing to load.
  if (!hasFile && !cli.env['INTELLIGENCE_SERVICE_URL']) {
    return { configError: null, deliveries: readDeliveries(cli, undefined) };
  }
  const { loadConfig } = await import('../../config/config-file.ts');
  const { config, error } = loadConfig(cli.paths);
  return { configError: error, deliveries: readDeliveries(cli, config) };
}

function readStored(cli: CliEnvironment) {
  const nothing = { totals: null, counters: {}, setAside: null, error: null };
  try {
    return (
      readDatabase(cli, (database) => ({
        totals: totalsOf(database),
        counters: countersOf(database),
        setAside: setAsideDatabase(database) ?? null,
        error: null,
      })) ?? nothing
    );
  } catch (error) {
    if (error instanceof TrackerError) return { ...nothing, error };
    throw error;
  }
}

function recordingOf(
  registration: RegistrationReport,
  cli: CliEnvironment,
  isInstalled: boolean,
): Recording {
  if (cli.env['PATTERN_TRACKER_DISABLED'] === '1') {
    return off('PATTERN_TRACKER_DISABLED=1 is set', 'Unset it, and start Claude Code anew.');
  }
  if (registration.hooksDisabledIn !== undefined) {
    return off(
      `"disableAllHooks" is true in ${registration.hooksDisabledIn}`,
      'Remove it there to have hooks run again.',
    );
  }
  const by = registration.settings
    .filter(({ hooks }) =>
      ESSENTIAL_EVENTS.every((name) => hooks.some(({ event }) => event === name)),
    )
    .map(({ scope, file }) => `${scope} settings (${file})`);
  if (registration.plugin !== undefined) by.push(`plugin ${registration.plugin}`);
  if (by.length > 0) return { state: 'on', by };
  const broken = registration.settings.find(({ error }) => error !== null);
  if (broken?.error) {
    return off(`Claude Code can't read its settings: ${broken.error}`, 'Correct the file there.');
  }
  return isInstalled
    ? off('no hooks of this program are in the settings', 'Run `pattern-tracker install`.')
    : off(
        `nothing is installed in ${cli.paths.home}`,
        'Run ./install.sh, or `pattern-tracker install`.',
      );
}

function off(why: string, hint: string): Recording {
  return { state: 'off', why, hint };
}

function sizeOf(database: string): number | null {
  const sizes = ['', '-wal'].map(
    (suffix) => statSync(database + suffix, { throwIfNoEntry: false })?.size,
  );
  return sizes[0] === undefined ? null : sizes[0] + (sizes[1] ?? 0);
}
