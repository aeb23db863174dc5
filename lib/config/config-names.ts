import { nearest } from '../base/nearest.ts';
import { configKeys } from './config.ts';

/** Key names of older trackers, with the current name. They still work, with a warning. */
export const ALIASES: Readonly<Record<string, string>> = {
  'pattern_tracking.intelligence_url': 'api.base_url',
  'pattern_tracking.intelligence_service_url': 'api.base_url',
  'pattern_tracking.timeout_seconds': 'pattern_tracking.timeout',
  'pattern_tracking.max_retries': 'resilience.retry.max_attempts',
  'batch_processing.max_batch_size': 'pattern_tracking.batch_size',
  'caching.api_response_cache_size': 'pattern_tracking.cache_size',
  'caching.cache_ttl_seconds': 'pattern_tracking.cache_ttl',
};

/** Keys and sections of older trackers that have no meaning here, and why. */
export const MEANINGLESS: Readonly<Record<string, string>> = {
  'pattern_tracking.fail_gracefully': 'the tracker always does',
  'pattern_tracking.log_file': 'the log is data/logs/tracker.log, see logging',
  'pattern_tracking.processing_mode': 'what is recorded always waits in the outbox',
  'pattern_tracking.track_on_write': 'every tool call is recorded',
  'pattern_tracking.track_on_edit': 'every tool call is recorded',
  'resilience.retry.jitter_factor': 'each wait is random up to its bound',
  'logging.file': 'the log is data/logs/tracker.log',
  'logging.hook_executions_log': 'hooks write no log, see `pattern-tracker tool-calls`',
  'logging.violations_log': 'nothing here judges what Claude does',
  alerting: 'see alerts',
  enforcement: 'nothing here judges or blocks what Claude does',
  rag: 'it belongs to another program',
  quorum: 'it belongs to another program',
  monitoring: 'see `pattern-tracker metrics --prometheus`',
  connection_pool: 'one connection is kept alive, there is nothing to set',
  cache: 'see pattern_tracking.cache_size and cache_ttl',
  caching: 'see pattern_tracking.cache_size and cache_ttl',
  batch_processing: 'see pattern_tracking.batch_size',
};

/** The key that an environment variable sets, and how to read the variable's text. */
export interface EnvironmentKey {
  readonly key: string;
  readonly kind: 'text' | 'number' | 'boolean';
}

/** The environment variables that set a key. Commands and the library read them; a courier does not. */
export const ENVIRONMENT_KEYS: Readonly<Record<string, EnvironmentKey>> = {
  INTELLIGENCE_SERVICE_URL: { key: 'api.base_url', kind: 'text' },
  PATTERN_TRACKER_TOKEN: { key: 'api.token', kind: 'text' },
  PATTERN_TRACKING_ENABLED: { key: 'pattern_tracking.enabled', kind: 'boolean' },
  PATTERN_TRACKING_TIMEOUT: { key: 'pattern_tracking.timeout', kind: 'number' },
  PATTERN_TRACKING_MAX_RETRIES: { key: 'resilience.retry.max_attempts', kind: 'number' },
  PATTERN_TRACKING_CACHE_SIZE: { key: 'pattern_tracking.cache_size', kind: 'number' },
  PATTERN_TRACKING_CACHE_TTL: { key: 'pattern_tracking.cache_ttl', kind: 'number' },
  CIRCUIT_BREAKER_FAILURE_THRESHOLD: {
    key: 'resilience.circuit_breaker.failure_threshold',
    kind: 'number',
  },
  CIRCUIT_BREAKER_RECOVERY_TIMEOUT: {
    key: 'resilience.circuit_breaker.recovery_timeout',
    kind: 'number',
  },
  EXPONENTIAL_BACKOFF_BASE_DELAY: { key: 'resilience.retry.base_delay', kind: 'number' },
  EXPONENTIAL_BACKOFF_MAX_DELAY: { key: 'resilience.retry.max_delay', kind: 'number' },
  PATTERN_TRACKER_LOG_LEVEL: { key: 'logging.level', kind: 'text' },
};

/** A hint about an unknown key: why it has no meaning here, or which key was meant; null without either. */
export function keyHint(key: string): string | null {
  const [section = ''] = key.split('.');
  const unused = [key, section].find((name) => Object.hasOwn(MEANINGLESS, name));
  if (unused !== undefined) return `It has no meaning here: ${MEANINGLESS[unused]}.`;
  const meant = sameName(key) ?? nearestSibling(key);
  return meant === undefined ? null : `Did you mean ${meant}?`;
}

// --- internal ---

/** The key with that last name in another section, if there is exactly one. */
function sameName(key: string): string | undefined {
  const name = key.split('.').at(-1);
  const same = configKeys().filter((known) => known.split('.').at(-1) === name);
  return same.length === 1 ? same[0] : undefined;
}

/** The key or section in the same section whose name is most similar. */
function nearestSibling(key: string): string | undefined {
  const end = key.lastIndexOf('.') + 1;
  const prefix = key.slice(0, end);
  const siblings = configKeys()
    .filter((known) => known.startsWith(prefix))
    .map((known) => known.slice(end).split('.', 1).join());
  const near = nearest(key.slice(end), siblings);
  return near === undefined ? undefined : prefix + near;
}
