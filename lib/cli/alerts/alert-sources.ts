import type { AlertSources } from '../../alerts/alert-facts.ts';
import { loadConfig } from '../../config/config-file.ts';
import type { LoadedConfig } from '../../config/config-file.ts';
import { readRegistration } from '../../install/settings/registration.ts';
import type { CliEnvironment } from '../environment.ts';

/**
 * Where alerts get their facts in a command: as a courier does, whatever folder and variables it is called with.
 *
 * @param courier the courier's configuration, if it is loaded already
 */
export function alertSources(
  cli: CliEnvironment,
  courier: LoadedConfig['courier'] = loadConfig(cli.paths).courier,
): AlertSources {
  const { paths, env, now } = cli;
  return {
    paths,
    env,
    now,
    config: { config: courier.config, courier },
    registration: readRegistration({ env, paths, cwd: paths.data }),
  };
}
