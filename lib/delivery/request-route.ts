import { isInClaudeSession } from '../base/claude-session.ts';
import { TrackerError } from '../base/errors.ts';
import { isLoopback } from '../base/loopback.ts';
import type { Config } from '../config/config.ts';
import type { LoadedConfig } from '../config/config-file.ts';
import { proxyOf } from './http/proxy-settings.ts';
import type { ProxySettings } from './http/proxy-settings.ts';
import type { Sink } from './sink.ts';

/** What may decide where requests go, beside the configuration. */
export interface RequestRouteOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** True when the user has said that the environment counts inside a Claude Code session, too. */
  readonly allowsEnv: boolean;
  /** The sinks that something is sent to. */
  readonly sinks: readonly Sink[];
  /** How to say so, for the error. */
  readonly consent: string;
}

/**
 * The proxies for requests to the configured sinks. Whoever opens a connection asks this first.
 *
 * @throws TrackerError E_ENVIRONMENT inside a Claude Code session when a variable names another server, or a
 *   proxy that requests would go through: a project can set variables there
 */
export function requestRoute(
  { config, refused }: Pick<LoadedConfig, 'config' | 'refused'>,
  { env, allowsEnv, sinks, consent }: RequestRouteOptions,
): ProxySettings {
  const proxy = proxyOf(env);
  if (allowsEnv || !isInClaudeSession(env)) return proxy;
  const names = [...refused, ...(needsProxy(config, sinks) ? namesOfProxies(env) : [])];
  if (names.length === 0) return {};
  const what = `${names.join(' and ')} would decide where your data go`;
  throw new TrackerError(
    'E_ENVIRONMENT',
    `${what}, and inside a Claude Code session a project can set that`,
    {
      hint: `Put the address into config.yaml (api.base_url, api.proxy). If it is your own variable, use ${consent}.`,
    },
  );
}

// --- internal ---

/** True when some request would go through a proxy that the environment names. */
function needsProxy(config: Config, sinks: readonly Sink[]): boolean {
  if (config.api.proxy !== null) return false;
  return sinks.some((sink) => {
    const address = sink.address(config);
    return address !== null && URL.canParse(address) && !isLoopback(new URL(address).hostname);
  });
}

function namesOfProxies(env: RequestRouteOptions['env']): string[] {
  return ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'].filter((name) => env[name]);
}
