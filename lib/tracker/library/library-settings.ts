import { z } from 'zod';
import { TrackerError } from '../../base/errors.ts';
import { trackerHome, trackerPaths } from '../../base/paths.ts';
import type { TrackerPaths } from '../../base/paths.ts';
import { leaves } from '../../contract/config.ts';
import type { Config, configSchema } from '../../contract/config.ts';
import { loadConfig } from '../config/config-file.ts';
import { givenLayer } from '../config/config-layer.ts';
import { delivers } from '../delivery/delivery-policy.ts';
import { checkArgument } from './library-argument.ts';

/** Settings as in config.yaml; every key may be left out. */
export type ConfigInput = z.input<typeof configSchema>;

export interface LibraryOptions {
  /** The installation's folder. @default PATTERN_TRACKER_HOME, else hooks/pattern-tracker in Claude's folder */
  readonly home?: string | undefined;
  /** The server that is asked; null is none. @default api.base_url of the configuration */
  readonly baseUrl?: string | null | undefined;
  /** Seconds that a request may take. @default pattern_tracking.timeout of the configuration: 5 */
  readonly timeout?: number | undefined;
  /** Comes before what the configuration's files and the environment say. */
  readonly config?: ConfigInput | undefined;
}

export interface LibrarySettings {
  readonly paths: TrackerPaths;
  readonly config: Config;
  /** True when a courier delivers what is tracked: it goes by the configuration's files alone. */
  readonly hasDelivery: boolean;
  /** What is wrong with the configuration's files or the environment; null when all is well. */
  readonly configError: string | null;
}

/** @throws TrackerError E_ARGUMENT, E_NO_HOME */
export function checkLibraryOptions(
  options: LibraryOptions,
  env: Readonly<Record<string, string | undefined>>,
): void {
  const { home, baseUrl, timeout, config } = options;
  checkArgument('PatternTracker', OPTIONS, { home, baseUrl, timeout, config });
  const [problem] = givenOf(options).problems;
  if (problem) {
    const { key, message, hint } = problem;
    throw new TrackerError(
      'E_ARGUMENT',
      `PatternTracker: "config" ${key} ${message}`,
      hint === null ? {} : { hint },
    );
  }
  homeOf(options, env);
}

/** Reads the configuration; what is wrong with it has its default, and is told. */
export function librarySettings(
  options: LibraryOptions,
  env: Readonly<Record<string, string | undefined>>,
): LibrarySettings {
  const paths = trackerPaths(homeOf(options, env));
  const { config, error } = loadConfig(paths, { env, given: givenOf(options) });
  const { baseUrl = config.api.base_url } = options;
  const hasDelivery = delivers(loadConfig(paths).config);
  return {
    paths,
    config: { ...config, api: { ...config.api, base_url: baseUrl } },
    hasDelivery,
    configError: error,
  };
}

/** @throws TrackerError E_ARGUMENT */
export function checkTimeout(seconds: number): number {
  return checkArgument(
    'PatternTracker',
    OPTIONS.required({ timeout: true }).pick({ timeout: true }),
    {
      timeout: seconds,
    },
  ).timeout;
}

// --- internal ---

const secondsRange = 'must be a number of seconds, above 0 and at most 600';
const OPTIONS = z.strictObject({
  home: z.string('must be the path of a folder').min(1, 'must not be empty').optional(),
  baseUrl: z
    .url({ protocol: /^https?$/, error: 'must be a URL that begins with http:// or https://' })
    .nullish(),
  timeout: z.number(secondsRange).positive(secondsRange).max(600, secondsRange).optional(),
  config: z
    .record(z.string(), z.unknown(), 'must be an object, as config.yaml holds it')
    .optional(),
});

function givenOf({ config, timeout }: LibraryOptions) {
  const values = Object.fromEntries(leaves(config ?? {}));
  const own = timeout === undefined ? {} : { 'pattern_tracking.timeout': timeout };
  return givenLayer({ ...values, ...own }, 'new PatternTracker()');
}

function homeOf(
  { home }: LibraryOptions,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const found = home ?? trackerHome(env);
  if (found !== undefined) return found;
  throw new TrackerError('E_NO_HOME', 'nothing says where the tracker keeps its data', {
    hint: 'Give PatternTracker a `home`, or set HOME or PATTERN_TRACKER_HOME.',
  });
}
