import { configKeys, configSchema } from './config.ts';
import type { Config } from './config.ts';
import { nested, readEnvironmentLayer, readFileLayer } from './config-layer.ts';
import type { ConfigLayer, ConfigProblem } from './config-layer.ts';

/** The files of a configuration; each may be missing. */
export interface ConfigFiles {
  readonly configFile: string;
  readonly resilienceFile: string;
  readonly loggingFile: string;
}

/** A configuration, and what is wrong with it. */
export interface ConfigView {
  /** With the default in place of whatever is wrong. */
  readonly config: Config;
  /** What is wrong, in one text; null when all is well. */
  readonly error: string | null;
}

export interface LoadedConfig extends ConfigView {
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly ConfigProblem[];
  /** Where each key's value comes from; `default` where nothing sets it. */
  readonly origins: ReadonlyMap<string, string>;
  /** The same by the files alone, which is all that a courier reads. */
  readonly courier: ConfigView;
}

export interface ConfigSources {
  /** Given for commands and the library; a courier reads the files only (docs/configuration.md). */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** What the caller sets himself. */
  readonly given?: ConfigLayer | undefined;
}

/** Puts the configuration together: given, environment, resilience.yaml and logging.yaml, config.yaml. */
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

/** `FILE:LINE:COLUMN: key says what is wrong. Hint.` */
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
