import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TrackerError } from '../../base/errors.ts';
import { writeAtomically } from '../../install/atomic-file.ts';
import { UsageError } from '../arguments/usage-error.ts';
import type { CliEnvironment } from '../environment.ts';
import { launchdAgent, systemdUnit, UNIT_MARK } from './unit-files.ts';
import type { UnitFile } from './unit-files.ts';

/**
 * Writes the file by which systemd or launchd runs `serve` with these options, for this user. It starts what is
 * installed, so that a newer version is run after the next start.
 *
 * @throws UsageError where there is neither, TrackerError E_UNIT when somebody else has written the file
 */
export function installUnit(
  cli: CliEnvironment,
  options: readonly string[],
  platform: NodeJS.Platform = process.platform,
): UnitFile {
  const { env } = cli;
  const { home } = cli.paths;
  if (env['PATTERN_TRACKER_DATABASE'] !== undefined) {
    throw new UsageError(
      'PATTERN_TRACKER_DATABASE is set, and a unit does not inherit it',
      'Name a file with --database; for PostgreSQL see deploy/systemd/pattern-tracker.service.',
    );
  }
  const userHome = env['HOME'];
  if (!userHome) throw new UsageError('HOME is not set');
  const [node, program] = [join(home, 'node'), join(home, 'dist', 'cli.mjs')];
  const start = [
    existsSync(node) ? node : process.execPath,
    existsSync(program) || cli.program === undefined ? program : cli.program,
  ];
  const command = [...start, '--home', home, 'serve', ...options];
  const given = { command, userHome, configHome: env['XDG_CONFIG_HOME'] };
  const unit =
    platform === 'darwin'
      ? launchdAgent(given)
      : platform === 'linux'
        ? systemdUnit(given)
        : undefined;
  if (!unit) throw new UsageError(`${platform} has neither systemd nor launchd`);
  if (existsSync(unit.path) && !readFileSync(unit.path, 'utf8').includes(UNIT_MARK)) {
    throw new TrackerError('E_UNIT', `${unit.path} is there, and was not written by this program`, {
      hint: 'Remove or rename it, if it is not needed.',
    });
  }
  mkdirSync(dirname(unit.path), { recursive: true });
  writeAtomically(unit.path, unit.text, 0o644);
  return unit;
}
