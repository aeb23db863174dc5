import { join } from 'node:path';
import type { InstallationFacts } from '../health/installation.ts';
import { eventsFor } from '../install/events.ts';
import {
  captureScript,
  courierBundle,
  PLUGIN_COMMAND,
  pluginRoot,
} from '../install/installed-files.ts';
import { leadsTo, linkPath } from '../install/path-link.ts';
import { readRegistration } from '../install/settings/registration.ts';
import type { CliEnvironment } from './environment.ts';

/**
 * What `doctor` needs to know about the installation.
 *
 * @param claudeVersion the version of the `claude` on PATH; undefined when there is none
 */
export function readInstallation(
  cli: CliEnvironment,
  claudeVersion: string | undefined,
): InstallationFacts {
  return {
    registration: readRegistration(cli),
    claudeVersion,
    wantedEvents: eventsFor(claudeVersion).map(({ name }) => name),
    pluginRoot: pluginRoot(cli.program),
    courier: courierBundle(cli),
    captureScript: captureScript(cli),
    link: ownLink(cli),
  };
}

// --- internal ---

function ownLink({ env, paths, program }: CliEnvironment): string | undefined {
  const userHome = env['HOME'] ?? env['USERPROFILE'];
  if (userHome === undefined) return undefined;
  const link = linkPath(userHome);
  const plugin = pluginRoot(program);
  const target = plugin ? join(plugin, ...PLUGIN_COMMAND) : join(paths.home, 'dist', 'cli.mjs');
  return leadsTo(link, target) ? link : undefined;
}
