import type { AlertSources } from '../../alerts/alert-facts.ts';
import { loadConfig } from '../../config/config-file.ts';
import { readRegistration } from '../../install/settings/registration.ts';
import type { CliEnvironment } from '../environment.ts';

/** Where alerts get their facts in a command: as a courier does, whatever folder and variables it is called with. */
export function alertSources(cli: CliEnvironment): AlertSources {
  const { paths, env, now } = cli;
  const { courier } = loadConfig(paths);
  return {
    paths,
    env,
    now,
    config: { config: courier.config, courier },
    registration: readRegistration({ env, paths, cwd: paths.data }),
  };
}
