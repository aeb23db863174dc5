import { isInClaudeSession } from '../base/claude-session.ts';
import { TrackerError } from '../base/errors.ts';
import { configKeys, configSchema } from './config.ts';
import type { Config } from './config.ts';
import { joinedLayers, nested, readEnvironmentLayer, readFileLayer } from './config-layer.ts';
import type { ConfigLayer, ConfigProblem } from './config-layer.ts';
import { openExpressionCheck } from './expression-check.ts';
import type { ExpressionCheck } from './expression-check.ts';
import { hasExpressions } from '../redact/own/own-rules.ts';
import { SERVERS, withOwnCredentials } from './credentials.ts';
import { isSameServer } from './server-address.ts';

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
  /** Variables that would name another server, and are not heeded inside a Claude Code session. */
  readonly refused: readonly string[];
  /** Why the files do not tell for certain what is kept of events; null when they do. */
  readonly policyError: string | null;
}

/** What may set keys beside the files. */
export interface ConfigSources {
  /** Passed by commands and the library; a courier reads only the files (docs/API_REFERENCE.md). */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Values that the caller sets in code or on the command line; they win over all others. */
  readonly given?: ConfigLayer | undefined;
  /** Heed the environment inside a Claude Code session, too, where a project can set it. @default false */
  readonly allowsEnv?: boolean | undefined;
  /** Checks the users' expressions, too; see `loadWholeConfig`. @default they are taken as they are */
  readonly check?: ExpressionCheck | undefined;
}

/**
 * Loads the configuration. Strongest first: given values, environment, resilience.yaml and logging.yaml,
 * config.yaml, defaults. Credentials go only to the server that the same source names, where all files count
 * as one source. Never throws: what is wrong is in `problems`.
 */
export function loadConfig(
  files: ConfigFiles,
  { env, given, allowsEnv, check }: ConfigSources = {},
): LoadedConfig {
  const inFiles = joinedLayers([
    readFileLayer(files.configFile, undefined, check),
    readFileLayer(files.resilienceFile, 'resilience', check),
    readFileLayer(files.loggingFile, 'logging', check),
  ]);
  const named = env && readEnvironmentLayer(env);
  const isHeeded = env !== undefined && (allowsEnv === true || !isInClaudeSession(env));
  const layers = withOwnCredentials([
    inFiles,
    ...(named && isHeeded ? [named] : []),
    ...(given ? [given] : []),
  ]);
  const origins = new Map(configKeys().map((key) => [key, 'default']));
  for (const layer of layers) for (const [key, origin] of layer.origins) origins.set(key, origin);
  const unheeded = named && !isHeeded ? named : undefined;
  const view = viewOf(layers);
  return {
    ...view,
    problems: layers.flatMap((layer) => layer.problems),
    warnings: [...layers.flatMap((layer) => layer.warnings), ...unheededWarnings(unheeded)],
    origins,
    courier: viewOf([inFiles]),
    refused: refusedVariables(unheeded, layers),
    policyError: policyErrorOf([inFiles]),
  };
}

/** The same with the users' expressions checked, whose engine is loaded only if there are any. */
export async function loadWholeConfig(
  files: ConfigFiles,
  sources: ConfigSources = {},
): Promise<LoadedConfig> {
  const loaded = loadConfig(files, sources);
  if (!hasExpressions(loaded.config.redaction)) return loaded;
  return loadConfig(files, { ...sources, check: await openExpressionCheck() });
}

/**
 * What the files add to redaction.
 *
 * @throws TrackerError E_CONFIG when they are wrong about that, because without a rule its secrets would stay
 */
export async function ownRedaction(files: ConfigFiles): Promise<Config['redaction']> {
  const { config, problems } = await loadWholeConfig(files);
  const [problem] = problems.filter(({ key }) => key === '' || key.startsWith('redaction'));
  if (!problem) return config.redaction;
  throw new TrackerError('E_CONFIG', `redaction is not known: ${problemText(problem)}`, {
    hint: 'Run `pattern-tracker config check`.',
  });
}

/** A problem in one line: `FILE:LINE:COLUMN: key message (hint)`. */
export function problemText({ where, key, message, hint }: ConfigProblem): string {
  const what = `${where}: ${key ? `${key} ` : ''}${message}`;
  return hint ? `${what} (${hint.replace(/[.]$/, '')})` : what;
}

// --- internal ---

function unheededWarnings(layer: ConfigLayer | undefined): ConfigProblem[] {
  return [...(layer?.origins ?? [])].map(([key, where]) => ({
    where,
    key,
    message: 'is not read from the environment inside a Claude Code session',
    hint: 'A project can set variables there. Put it into config.yaml.',
  }));
}

/** The variables of a layer that is not heeded which would have changed where something is sent. */
function refusedVariables(
  layer: ConfigLayer | undefined,
  heeded: readonly ConfigLayer[],
): string[] {
  return SERVERS.flatMap(({ address }) => {
    const [own, ...given] = heeded.map(({ values }) => values.get(address) as string | undefined);
    const other = layer?.values.get(address) as string | undefined;
    const isChange = other !== undefined && !isSameServer(other, own ?? null);
    if (!isChange || given.some((url) => url !== undefined)) return [];
    return layer?.origins.get(address) ?? [];
  });
}

/**
 * The problems that leave open what is kept: a default in their place could keep what the user forbade. A problem
 * without a key concerns a whole file.
 */
function policyErrorOf(layers: readonly ConfigLayer[]): string | null {
  const problems = layers.flatMap(({ problems: all, mentionsPolicy }) =>
    all.filter(({ key }) =>
      key === '' ? mentionsPolicy : /^(?:capture|redaction)(?:\.|$)/.test(key),
    ),
  );
  return problems.length === 0 ? null : problems.map(problemText).join('; ');
}

/** What the layers say together; a later one comes before an earlier one. */
function viewOf(layers: readonly ConfigLayer[]): ConfigView {
  const values = new Map(layers.flatMap((layer) => [...layer.values]));
  const problems = layers.flatMap((layer) => layer.problems);
  return {
    config: configSchema.parse(nested(values)),
    error: problems.length === 0 ? null : problems.map(problemText).join('; '),
  };
}
