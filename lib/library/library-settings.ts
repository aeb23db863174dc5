import * as z from 'zod';
import { TrackerError } from '../base/errors.ts';
import { trackerHome, trackerPaths } from '../base/paths.ts';
import type { TrackerPaths } from '../base/paths.ts';
import { leaves } from '../config/config.ts';
import { loadConfig } from '../config/config-file.ts';
import type { ConfigView, LoadedConfig } from '../config/config-file.ts';
import { givenLayer } from '../config/config-layer.ts';
import { checkArgument } from './library-argument.ts';
import type { LibraryOptions, PatternTrackerOptions } from './library-options.ts';

/** The settings that result from the options, the environment and the configuration's files. */
export interface LibrarySettings extends ConfigView, Pick<LoadedConfig, 'courier' | 'refused'> {
  readonly paths: TrackerPaths;
}

/**
 * Validates the options of `new PatternTracker()`; reads no file.
 *
 * @throws TrackerError E_ARGUMENT for an unknown option or a value of the wrong type; E_NO_HOME when neither
 *   the options nor the environment name a folder
 */
export function checkLibraryOptions(
  options: PatternTrackerOptions,
  env: Readonly<Record<string, string | undefined>>,
): void {
  checkArgument('PatternTracker', OPTIONS, options);
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

/**
 * Reads the configuration. A setting that is wrong gets its default, and `error` of the result says so.
 *
 * @throws TrackerError E_NO_HOME
 */
export function librarySettings(
  options: LibraryOptions,
  env: Readonly<Record<string, string | undefined>>,
): LibrarySettings {
  const paths = trackerPaths(homeOf(options, env));
  const given = givenOf(options);
  const loaded = loadConfig(paths, { env, given, allowsEnv: options.allowEnv });
  if (options.baseUrl !== null) return { paths, ...loaded };
  const { config } = loaded;
  const api = { ...config.api, base_url: null };
  return { paths, ...loaded, config: { ...config, api }, refused: [] };
}

/** Validates a timeout in seconds: above 0, at most 600. @throws TrackerError E_ARGUMENT */
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
  // Not z.record, because process.env is not a plain object.
  env: z
    .custom(
      (given) => typeof given === 'object' && given !== null,
      'must be an object of variables',
    )
    .optional(),
  clock: z
    .custom(
      (given) => typeof given === 'function',
      'must be a function that returns milliseconds since 1970',
    )
    .optional(),
  machine: z.string('must be the name of a machine').min(1, 'must not be empty').optional(),
  startCourier: z.boolean('must be true or false').optional(),
  allowEnv: z.boolean('must be true or false').optional(),
});

function givenOf({ config, timeout, baseUrl }: LibraryOptions) {
  const values = Object.fromEntries(leaves(config ?? {}));
  const own = {
    ...(timeout === undefined ? {} : { 'pattern_tracking.timeout': timeout }),
    ...(baseUrl === undefined || baseUrl === null ? {} : { 'api.base_url': baseUrl }),
  };
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
