import type { LoadedConfig } from '../../config/config-file.ts';
import type { ProxySettings } from '../../delivery/http/proxy-settings.ts';
import { requestRoute } from '../../delivery/request-route.ts';
import type { Sink } from '../../delivery/sink.ts';
import type { CliEnvironment } from '../environment.ts';

/** The option of commands that open connections. */
export const allowEnvArg = {
  'allow-env': {
    type: 'boolean',
    description: 'Heed variables that set an address or a proxy inside Claude Code, too',
  },
} as const;

/** The proxies for requests of a command. @throws TrackerError E_ENVIRONMENT */
export function allowedRoute(
  config: Pick<LoadedConfig, 'config' | 'refused'>,
  sinks: readonly Sink[],
  args: { readonly 'allow-env'?: boolean | undefined },
  { env }: Pick<CliEnvironment, 'env'>,
): ProxySettings {
  const allowsEnv = args['allow-env'] === true;
  return requestRoute(config, { env, allowsEnv, sinks, consent: '--allow-env' });
}
