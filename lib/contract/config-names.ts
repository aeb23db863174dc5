/** Keys that trackers before this one knew by another name; a use of one is taken, with a warning. */
export const ALIASES: Readonly<Record<string, string>> = {
  'pattern_tracking.intelligence_url': 'api.base_url',
  'pattern_tracking.intelligence_service_url': 'api.base_url',
  'pattern_tracking.timeout_seconds': 'pattern_tracking.timeout',
  'pattern_tracking.max_retries': 'resilience.retry.max_attempts',
  'batch_processing.max_batch_size': 'pattern_tracking.batch_size',
  'caching.api_response_cache_size': 'pattern_tracking.cache_size',
  'caching.cache_ttl_seconds': 'pattern_tracking.cache_ttl',
};

/** Sections of trackers before this one that have no meaning here, and why. */
export const MEANINGLESS: Readonly<Record<string, string>> = {
  enforcement: 'nothing here judges or blocks what Claude does',
  rag: 'it belongs to another program',
  quorum: 'it belongs to another program',
  monitoring: 'see `pattern-tracker metrics --prometheus`',
  connection_pool: 'one connection is kept alive, there is nothing to set',
  cache: 'see pattern_tracking.cache_size and cache_ttl',
  caching: 'see pattern_tracking.cache_size and cache_ttl',
  batch_processing: 'see pattern_tracking.batch_size',
};

export interface EnvironmentKey {
  readonly key: string;
  readonly kind: 'text' | 'number' | 'boolean';
}

/** The variables that set a key, for commands and the library; a courier reads the files only. */
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
