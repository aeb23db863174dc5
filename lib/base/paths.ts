import { dirname, join, normalize, sep } from 'node:path';

/** The variables of the environment that say where things lie. */
export type PathEnvironment = Readonly<
  Partial<Record<'PATTERN_TRACKER_HOME' | 'CLAUDE_CONFIG_DIR' | 'HOME' | 'USERPROFILE', string>>
>;

/** The few files that capture needs to know. All absolute. */
export interface CapturePaths {
  /** The process id of the courier that lives, as a hint: read before one is started. */
  readonly courierPid: string;
  /** A letter an event that capture had to drop. */
  readonly drops: string;
  readonly spoolTmp: string;
  readonly spoolNew: string;
  /** Files that could not be parsed, each with its reason. */
  readonly spoolBad: string;
  /** Exists while the spool has passed its bound; capture then drops and counts. */
  readonly spoolFull: string;
}

/** Where one installation keeps its files. All absolute. */
export interface TrackerPaths extends CapturePaths {
  /** Installed bundles, native module and data: `hooks/pattern-tracker/` in Claude's folder. */
  readonly home: string;
  readonly data: string;
  readonly database: string;
  /** A small SQLite file; the transaction held on it is the courier's lock. */
  readonly courierLock: string;
  /** What the courier last said of itself, JSON. */
  readonly courierState: string;
  readonly spool: string;
  /** The bound, as the courier last published it for capture, which reads no configuration. */
  readonly spoolMaxFiles: string;
  /** Held by who delivers what is in the outbox for the server. */
  readonly deliveryLock: string;
  /** The same for the collector: one sink that is slow must not hold up the other. */
  readonly otlpDeliveryLock: string;
  readonly logs: string;
  readonly logFile: string;
  /** The user's configuration, beside the home in Claude's folder. */
  readonly configFile: string;
  /** These two are optional; their keys override those of `configFile`. */
  readonly resilienceFile: string;
  readonly loggingFile: string;
  /** Copies that `config backup` made. */
  readonly configBackups: string;
}

/** Claude Code's own folder: `$CLAUDE_CONFIG_DIR`, else `~/.claude`; undefined where neither is set. */
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
 * What capture needs of the installation in `home`, an absolute path. Joined as text: it is worked out
 * anew for every event, and `join` in a process that has just begun costs more than opening a file.
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

/** Every path of the installation in `home`. `configFile` defaults to `config.yaml` beside it. */
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
