import { join, resolve } from 'node:path';
import { claudeFolder } from '../base/paths.ts';
import { installedClaudes } from '../claude-code/installed-claude.ts';
import type { InstalledClaude } from '../claude-code/installed-claude.ts';
import { newestTranscriptVersion } from '../claude-code/transcript-version.ts';
import { newestVersion } from '../claude-code/version.ts';
import type { InstallationFacts } from '../health/installation.ts';
import { eventsFor } from '../install/events.ts';
import { captureScript, courierBundle } from '../install/installed-files.ts';
import { leadsTo, linkPath } from '../install/path-link.ts';
import { readRegistration } from '../install/settings/registration.ts';
import type { RegistrationReport } from '../install/settings/registration.ts';
import { readDatabase } from '../store/database/read-database.ts';
import { seenClaudeVersion } from '../store/queries/claude-version.ts';
import type { CliEnvironment } from './environment.ts';

/** What is known of the Claude Codes on this machine. */
export interface ClaudeFacts {
  readonly claudes: readonly InstalledClaude[];
  /** The newest version: of those, of the last one that the courier saw, else of the newest transcript. */
  readonly version: string | undefined;
}

/**
 * Finds every Claude Code.
 *
 * @param mayRun whether to run a `claude` that does not tell its version otherwise
 */
export function readClaudes(cli: CliEnvironment, mayRun: boolean): ClaudeFacts {
  const { env, cwd } = cli;
  const claudes = installedClaudes({ env, node: process.execPath, mayRun });
  const known = newestVersion([...claudes.map(({ version }) => version), seenVersion(cli)]);
  const folder = claudeFolder(env);
  const version = known ?? (folder && newestTranscriptVersion(resolve(cwd, folder)));
  return { claudes, version };
}

/** What `doctor` needs to know about the installation, for this version of Claude Code. */
export function readInstallation(
  cli: CliEnvironment,
  claudeVersion: string | undefined,
): InstallationFacts {
  return {
    registration: readRegistration(cli),
    claudeVersion,
    wantedEvents: eventsFor(claudeVersion).map(({ name }) => name),
    courier: courierBundle(cli),
    captureScript: captureScript(cli),
    link: ownLink(cli),
  };
}

/**
 * The events that the newest Claude Code knows, and that no settings file registers, as after an update of
 * Claude Code. None where no settings register hooks, or Claude Code is not known without running it.
 */
export function missingEvents(
  cli: CliEnvironment,
  { hooks, plugin }: RegistrationReport,
): string[] {
  if (hooks.length === 0 || plugin !== undefined) return [];
  const { version } = readClaudes(cli, false);
  if (version === undefined) return [];
  const registered = new Set(hooks.map(({ event }) => event));
  const wanted = eventsFor(version).map(({ name }) => name);
  return wanted.filter((name) => !registered.has(name));
}

// --- internal ---

/** The version that the courier saw; undefined when it saw none, or the database cannot be read. */
function seenVersion({ paths }: CliEnvironment): string | undefined {
  try {
    return readDatabase(paths.database, seenClaudeVersion);
  } catch {
    return undefined; // a check of its own reports the database
  }
}

function ownLink({ env, paths }: CliEnvironment): string | undefined {
  const userHome = env['HOME'] ?? env['USERPROFILE'];
  if (userHome === undefined) return undefined;
  const link = linkPath(userHome);
  return leadsTo(link, join(paths.home, 'dist', 'cli.mjs')) ? link : undefined;
}
