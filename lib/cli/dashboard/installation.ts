import type { Installation } from '../../dashboard/server/sources.ts';
import type { CliEnvironment } from '../environment.ts';
import { ownAnswer } from './own-answer.ts';

/** This installation, as the dashboard is told of it. */
export async function dashboardInstallation(cli: CliEnvironment): Promise<Installation> {
  const [{ readRegistration }, { alertSources }] = await Promise.all([
    import('../../install/settings/registration.ts'),
    import('../alerts/alert-sources.ts'),
  ]);
  return {
    paths: cli.paths,
    env: cli.env,
    now: cli.now,
    registration: () => readRegistration(cli),
    alertSources: () => alertSources(cli),
    answer: async (words) => ownAnswer(words, cli),
  };
}
