import { dirname, join, normalize, sep } from 'node:path';
import { isInClaudeSession } from './claude-session.ts';

/** The environment, of which a few variables say where files are kept. */
export type PathEnvironment = Readonly<Record<string, string | undefined>>;

/** The few files that capture needs. All paths are absolute. */
export interface CapturePaths {
  /** Process id of the running courier, for people and scripts. */
  readonly courierPid: string;
  /** That id, when the process was started, and where: by it a hook decides whether to start one. */
  readonly courierHint: string;
  /** One letter for each event that capture dropped, saying why. */
  readonly drops: string;
  /** A file for each project that tried to redirect recording or switched it off: a letter each time. */
  readonly tried: string;
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
  /** Held by a command that needs the courier away: no courier works then. */
  readonly courierPause: string;
  /** What the courier last reported about itself, as JSON. */
  readonly courierState: string;
  /** What the status line shows of the database, as the courier last read it: so that it need not open it. */
  readonly glance: string;
  /** Which spool files the courier is working on. A courier that finds it was preceded by one that died at work. */
  readonly courierWork: string;
  readonly spool: string;
  /** The bound on spool files. The courier publishes it here because capture reads no configuration. */
  readonly spoolMaxFiles: string;
  /** Held by the process that delivers the server's outbox rows. */
  readonly deliveryLock: string;
  /** The same for the collector. It is a second lock, so that a slow sink does not delay the other. */
  readonly otlpDeliveryLock: string;
  /** The same for alerts that go to the webhook, and by mail. */
  readonly webhookDeliveryLock: string;
  readonly mailDeliveryLock: string;
  /** The state of every alert, as JSON: for people and programs also when the database cannot be used. */
  readonly alerts: string;
  /** Held by the process that judges the rules of alerts and changes their state. */
  readonly alertsLock: string;
  /** How services were last started on this machine, by their ports. */
  readonly served: string;
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
  if (env['CLAUDE_CONFIG_DIR']) return env['CLAUDE_CONFIG_DIR'];
  const user = env['HOME'] || env['USERPROFILE'];
  return user ? join(user, '.claude') : undefined;
}

/**
 * The installation's folder: `$PATTERN_TRACKER_HOME`, else {@link defaultHome}. Inside a Claude Code session the
 * variable does not count, because a project's settings can set it there.
 */
export function trackerHome(env: PathEnvironment): string | undefined {
  const named = env['PATTERN_TRACKER_HOME'];
  return named && !isInClaudeSession(env) ? named : defaultHome(env);
}

/**
 * `hooks/pattern-tracker` in Claude's folder. Of the variables that say where that is, Claude Code takes none
 * from a project's settings.
 */
export function defaultHome(env: PathEnvironment): string | undefined {
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
    courierHint: `${data}${sep}courier.hint`,
    drops: `${data}${sep}drops`,
    tried: `${data}${sep}tried`,
    spoolTmp: `${spool}${sep}tmp`,
    spoolNew: `${spool}${sep}new`,
    spoolBad: `${spool}${sep}bad`,
    spoolFull: `${spool}${sep}full`,
  };
}

/**
 * Every path of the installation in `home`. `configFile` defaults to `config.yaml` beside `home`. It concatenates
 * text for the status line, as `capturePaths` does for hooks.
 */
export function trackerPaths(
  home: string,
  configFile: string = join(dirname(home), 'config.yaml'),
): TrackerPaths {
  const data = join(home, 'data');
  const spool = `${data}${sep}spool`;
  const logs = `${data}${sep}logs`;
  return {
    ...capturePaths(normalize(home)),
    home,
    data,
    database: `${data}${sep}tracker.db`,
    courierLock: `${data}${sep}courier.lock`,
    courierPause: `${data}${sep}courier-pause.lock`,
    courierState: `${data}${sep}courier.json`,
    glance: `${data}${sep}glance.json`,
    courierWork: `${data}${sep}courier-work.json`,
    spool,
    spoolMaxFiles: `${spool}${sep}max-files`,
    deliveryLock: `${data}${sep}delivery.lock`,
    otlpDeliveryLock: `${data}${sep}otlp-delivery.lock`,
    webhookDeliveryLock: `${data}${sep}webhook-delivery.lock`,
    mailDeliveryLock: `${data}${sep}mail-delivery.lock`,
    alerts: `${data}${sep}alerts.json`,
    alertsLock: `${data}${sep}alerts.lock`,
    served: `${data}${sep}served`,
    logs,
    logFile: `${logs}${sep}tracker.log`,
    configFile,
    resilienceFile: join(dirname(configFile), 'resilience.yaml'),
    loggingFile: join(dirname(configFile), 'logging.yaml'),
    configBackups: `${data}${sep}config-backups`,
  };
}
