import { configKeys, configSchema } from './config.ts';
import type { Config } from './config.ts';
import { nested, readEnvironmentLayer, readFileLayer } from './config-layer.ts';
import type { ConfigLayer, ConfigProblem } from './config-layer.ts';

/** The files of a configuration, as absolute paths; each file may be missing. */
export interface ConfigFiles {
  readonly configFile: string;
  readonly resilienceFile: string;
  readonly loggingFile: string;
}

/** A configuration, and what is wrong with it. */
export interface ConfigView {
  /** Valid: each wrong value is replaced by its default. */
  readonly config: Config;
  /** All problems in one text; null when there are none. */
  readonly error: string | null;
}

/** A loaded configuration, with all that is wrong with it and where each value comes from. */
export interface LoadedConfig extends ConfigView {
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly ConfigProblem[];
  /** Where each key's value comes from: a place in a file, a variable, or `default`. */
  readonly origins: ReadonlyMap<string, string>;
  /** The configuration by the files alone, which are all that a courier reads. */
  readonly courier: ConfigView;
}

/** What may set keys beside the files. */
export interface ConfigSources {
  /** Passed by commands and the library; a courier reads only the files (docs/configuration.md). */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Values that the caller sets in code or on the command line; they win over all others. */
  readonly given?: ConfigLayer | undefined;
}

/**
 * Loads the configuration. Strongest first: given values, environment, resilience.yaml and logging.yaml,
 * config.yaml, defaults. Never throws: what is wrong is in `problems`.
 */
export function loadConfig(files: ConfigFiles, { env, given }: ConfigSources = {}): LoadedConfig {
  const inFiles: ConfigLayer[] = [
    readFileLayer(files.configFile),
    readFileLayer(files.resilienceFile, 'resilience'),
    readFileLayer(files.loggingFile, 'logging'),
  ];
  const layers = [
    ...inFiles,
    ...(env ? [readEnvironmentLayer(env)] : []),
    ...(given ? [given] : []),
  ];
  const origins = new Map(configKeys().map((key) => [key, 'default']));
  for (const layer of layers) for (const [key, origin] of layer.origins) origins.set(key, origin);
  return {
    ...viewOf(layers),
    problems: layers.flatMap((layer) => layer.problems),
    warnings: layers.flatMap((layer) => layer.warnings),
    origins,
    courier: viewOf(inFiles),
  };
}

/** A problem in one line: `FILE:LINE:COLUMN: key message (hint)`. */
export function problemText({ where, key, message, hint }: ConfigProblem): string {
  const what = `${where}: ${key ? `${key} ` : ''}${message}`;
  return hint ? `${what} (${hint.replace(/[.]$/, '')})` : what;
}

// --- internal ---

/** What the layers say together; a later one comes before an earlier one. */
function viewOf(layers: readonly ConfigLayer[]): ConfigView {
  const values = new Map(layers.flatMap((layer) => [...layer.values]));
  const problems = layers.flatMap((layer) => layer.problems);
  return {
    config: configSchema.parse(nested(values)),
    error: problems.length === 0 ? null : problems.map(problemText).join('; '),
  };
}
