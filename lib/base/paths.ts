import { dirname, join, normalize, sep } from 'node:path';

/** The environment variables that say where files are kept. */
export type PathEnvironment = Readonly<
  Partial<Record<'PATTERN_TRACKER_HOME' | 'CLAUDE_CONFIG_DIR' | 'HOME' | 'USERPROFILE', string>>
>;

/** The few files that capture needs. All paths are absolute. */
export interface CapturePaths {
  /** Process id of the running courier. Only a hint: a hook reads it to decide whether to start one. */
  readonly courierPid: string;
  /** One letter for each event that capture dropped, saying why. */
  readonly drops: string;
  readonly spoolTmp: string;
  readonly spoolNew: string;
  /** Quarantine: files that could not be parsed, each with its reason. */
  readonly spoolBad: string;
  /** Exists while the spool holds too many files; capture then drops events and counts them. */
  readonly spoolFull: string;
}

/** Where one installation keeps its files. All paths are absolute. */
export interface TrackerPaths extends CapturePaths {
  /** Bundles, native module and data: `hooks/pattern-tracker/` in Claude's folder. */
  readonly home: string;
  readonly data: string;
  readonly database: string;
  /** A small SQLite file. The courier holds a transaction on it as its lock. */
  readonly courierLock: string;
  /** What the courier last reported about itself, as JSON. */
  readonly courierState: string;
  readonly spool: string;
  /** The bound on spool files. The courier publishes it here because capture reads no configuration. */
  readonly spoolMaxFiles: string;
  /** Held by the process that delivers the server's outbox rows. */
  readonly deliveryLock: string;
  /** The same for the collector. It is a second lock, so that a slow sink does not delay the other. */
  readonly otlpDeliveryLock: string;
  readonly logs: string;
  readonly logFile: string;
  /** The user's configuration, beside `home` in Claude's folder. */
  readonly configFile: string;
  /** Optional, like `loggingFile`; the keys of both override those of `configFile`. */
  readonly resilienceFile: string;
  readonly loggingFile: string;
  /** Copies made by `config backup`. */
  readonly configBackups: string;
}

/** Claude Code's own folder: `$CLAUDE_CONFIG_DIR`, else `~/.claude`; undefined when no variable says. */
export function claudeFolder(env: PathEnvironment): string | undefined {
  if (env.CLAUDE_CONFIG_DIR) return env.CLAUDE_CONFIG_DIR;
  const user = env.HOME || env.USERPROFILE;
  return user ? join(user, '.claude') : undefined;
}

/** The installation's folder: `$PATTERN_TRACKER_HOME`, else `hooks/pattern-tracker` in Claude's folder. */
export function trackerHome(env: PathEnvironment): string | undefined {
  if (env.PATTERN_TRACKER_HOME) return env.PATTERN_TRACKER_HOME;
  const claude = claudeFolder(env);
  return claude && join(claude, 'hooks', 'pattern-tracker');
}

/**
 * What capture needs of the installation in `home`, an absolute path. It concatenates text because it
 * runs for every event, and in a process that just started `join` costs more than opening a file.
 */
export function capturePaths(home: string): CapturePaths {
  const data = `${home}${sep}data`;
  const spool = `${data}${sep}spool`;
  return {
    courierPid: `${data}${sep}courier.pid`,
    drops: `${data}${sep}drops`,
    spoolTmp: `${spool}${sep}tmp`,
    spoolNew: `${spool}${sep}new`,
    spoolBad: `${spool}${sep}bad`,
    spoolFull: `${spool}${sep}full`,
  };
}

/** Every path of the installation in `home`. `configFile` defaults to `config.yaml` beside `home`. */
export function trackerPaths(
  home: string,
  configFile: string = join(dirname(home), 'config.yaml'),
): TrackerPaths {
  const data = join(home, 'data');
  const spool = join(data, 'spool');
  return {
    ...capturePaths(normalize(home)),
    home,
    data,
    database: join(data, 'tracker.db'),
    courierLock: join(data, 'courier.lock'),
    courierState: join(data, 'courier.json'),
    spool,
    spoolMaxFiles: join(spool, 'max-files'),
    deliveryLock: join(data, 'delivery.lock'),
    otlpDeliveryLock: join(data, 'otlp-delivery.lock'),
    logs: join(data, 'logs'),
    logFile: join(data, 'logs', 'tracker.log'),
    configFile,
    resilienceFile: join(dirname(configFile), 'resilience.yaml'),
    loggingFile: join(dirname(configFile), 'logging.yaml'),
    configBackups: join(data, 'config-backups'),
  };
}
