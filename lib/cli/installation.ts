import { join, resolve } from 'node:path';
import { claudeFolder } from '../base/paths.ts';
import { installedClaudes } from '../claude-code/installed-claude.ts';
import type { InstalledClaude } from '../claude-code/installed-claude.ts';
import { newestTranscriptVersion } from '../claude-code/transcript-version.ts';
import { newestVersion } from '../claude-code/version.ts';
import type { InstallationFacts } from '../health/installation.ts';
import { eventsFor, HOOK_EVENTS } from '../install/events.ts';
import {
  captureScript,
  courierBundle,
  PLUGIN_COMMAND,
  pluginRoot,
} from '../install/program/installed-files.ts';
import { leadsTo, linkedProgram, linkPath } from '../install/path-link.ts';
import { readRegistration } from '../install/settings/registration.ts';
import type { RegistrationReport } from '../install/settings/registration.ts';
import type { CliEnvironment } from './environment.ts';
import { callHook } from './trial/hook-call.ts';
import { newTestCall, testEvent } from './trial/test-events.ts';

/** What is known of the Claude Codes on this machine. */
export interface ClaudeFacts {
  readonly claudes: readonly InstalledClaude[];
  /** The newest version: of those, and of the one that wrote the newest transcript. */
  readonly version: string | undefined;
}

/** Finds every Claude Code; runs those that do not tell their version otherwise, and looks for transcripts. */
export function readClaudes({ env, cwd }: CliEnvironment): ClaudeFacts {
  const claudes = installedClaudes({ env, node: process.execPath, mayRun: true });
  const folder = claudeFolder(env);
  const inUse = folder && newestTranscriptVersion(resolve(cwd, folder));
  return { claudes, version: newestVersion([...claudes.map(({ version }) => version), inUse]) };
}

/** What `doctor` needs to know about the installation, for this version of Claude Code. */
export function readInstallation(
  cli: CliEnvironment,
  claudeVersion: string | undefined,
): InstallationFacts {
  const registration = readRegistration(cli);
  const known = eventsFor(claudeVersion);
  return {
    registration,
    claudeVersion,
    wantedEvents: known.map(({ name }) => name),
    unknownEvents: HOOK_EVENTS.filter((event) => !known.includes(event)).map(({ name }) => name),
    pluginRoot: pluginRoot(cli.program),
    courier: courierBundle(cli),
    callHook: hookCaller(cli, registration),
    captureScript: captureScript(cli),
    link: ownLink(cli),
  };
}

/**
 * The events that the newest Claude Code knows, and that no settings file registers, as after an update of
 * Claude Code. Runs none. None are missing where no settings register hooks, or no version is known.
 *
 * @param seen the version that the courier saw
 */
export function missingEvents(
  { env }: CliEnvironment,
  { hooks, plugin }: RegistrationReport,
  seen: string | null | undefined,
): string[] {
  if (hooks.length === 0 || plugin !== undefined) return [];
  const claudes = installedClaudes({ env, node: process.execPath, mayRun: false });
  const version = newestVersion([...claudes.map((one) => one.version), seen ?? undefined]);
  if (version === undefined) return [];
  const registered = new Set(hooks.map(({ event }) => event));
  const wanted = eventsFor(version).map(({ name }) => name);
  return wanted.filter((name) => !registered.has(name));
}

// --- internal ---

/** The same 10 seconds after which Claude Code stops a hook of ours. */
const HOOK_TIMEOUT_MS = 10_000;

/** Not with what a project's settings set: looking at a project must not run anything of it. */
function hookCaller(
  cli: CliEnvironment,
  { hooks, settings }: RegistrationReport,
): InstallationFacts['callHook'] {
  const event = 'PreToolUse';
  const hook = hooks.find((one) => one.event === event && one.scope === 'user');
  if (!hook || cli.env['PATTERN_TRACKER_DISABLED'] === '1') return undefined;
  const set = settings.find(({ scope }) => scope === 'user')?.variables ?? {};
  if (set['PATTERN_TRACKER_DISABLED'] === '1') return undefined;
  return async () => {
    const call = testEvent(event, newTestCall());
    const answer = await callHook(
      hook,
      call,
      { ...cli, env: { ...cli.env, ...set } },
      HOOK_TIMEOUT_MS,
    );
    return { ...answer, variables: Object.keys(set) };
  };
}

function ownLink({ env, paths, program }: CliEnvironment): string | undefined {
  const userHome = env['HOME'] ?? env['USERPROFILE'];
  if (userHome === undefined) return undefined;
  const link = linkPath(userHome);
  const plugin = pluginRoot(program);
  const target = plugin ? join(plugin, ...PLUGIN_COMMAND) : linkedProgram(paths.home);
  return leadsTo(link, target) ? link : undefined;
}
