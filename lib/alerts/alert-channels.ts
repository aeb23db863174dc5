import { spawn } from 'node:child_process';
import { ownVariables } from '../capture/courier-start.ts';
import type { Config } from '../config/config.ts';
import { ALERT_LEVELS } from '../config/settings/alert-settings.ts';
import { alertHeadline, alertLines } from '../delivery/alerts/alert-message.ts';
import type { AlertMessage } from '../delivery/alerts/alert-message.ts';
import { queueAlert } from '../delivery/alerts/alert-sinks.ts';
import type { TrackerLog } from '../log/tracker-log.ts';
import type { Database } from '../store/database/database.ts';

/** How long the command of an alert may take, in milliseconds. */
const COMMAND_MS = 30_000;

/** Where alerts are told, and with what. */
export interface AlertChannels {
  readonly log: TrackerLog;
  /** Opens tracker.db for writing, for what is sent from its outbox. @throws TrackerError when it cannot be used */
  readonly database: () => Database;
  readonly now: () => number;
  /** Of which programs that are started get what no project has set. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Notes an alert in the log, and tells people of it if its level is one of which they want to be told. */
export async function tellAlert(
  message: AlertMessage,
  config: Config,
  channels: AlertChannels,
): Promise<void> {
  channels.log.alert(message);
  if (ALERT_LEVELS.indexOf(message.level) > ALERT_LEVELS.indexOf(config.alerts.level)) return;
  await tellPeople(message, config, channels);
}

/**
 * Tells people in every way that the configuration names: at once on the desktop and by the command; the webhook and mail get
 * a row in the outbox. One way that fails does not keep the others from telling.
 */
export async function tellPeople(
  message: AlertMessage,
  config: Config,
  { log, database, now, env }: AlertChannels,
): Promise<void> {
  const { desktop, command } = config.alerts;
  try {
    queueAlert(database(), config, message, now());
  } catch (error) {
    log.error('An alert cannot be put into the outbox', error);
  }
  const ways = [
    ...(desktop ? [{ words: desktopCommand(message, process.platform), input: '' }] : []),
    ...(command.length > 0 ? [{ words: command, input: `${JSON.stringify(message)}\n` }] : []),
  ];
  for (const { words, input } of ways) {
    const fault = await runProgram(words, input, env);
    if (fault !== undefined) {
      log.warn('A program for alerts failed', { program: words[0] ?? '', reason: fault });
    }
  }
}

/** The words of the program that shows a notification on a system's desktop. What it shows stands in arguments, not in code. */
export function desktopCommand(message: AlertMessage, platform: string): readonly string[] {
  const title = alertHeadline(message);
  const text = alertLines(message).join('\n');
  if (platform === 'darwin') {
    const show = 'display notification (item 2 of argv) with title (item 1 of argv)';
    return ['osascript', '-e', 'on run argv', '-e', show, '-e', 'end run', title, text];
  }
  const isUrgent = message.level === 'critical' && message.state === 'firing';
  return [
    'notify-send',
    '-a',
    'pattern-tracker',
    '-u',
    isUrgent ? 'critical' : 'normal',
    title,
    text,
  ];
}

// --- internal ---

/** Where the desktop of this user listens: a courier does not inherit it. */
function sessionBus(): Record<string, string> {
  const uid = process.getuid?.();
  if (process.platform !== 'linux' || uid === undefined) return {};
  const folder = `/run/user/${uid}`;
  return { XDG_RUNTIME_DIR: folder, DBUS_SESSION_BUS_ADDRESS: `unix:path=${folder}/bus` };
}

/** Runs a program without a shell; resolves to what went wrong, undefined for nothing. */
async function runProgram(
  [program = '', ...args]: readonly string[],
  input: string,
  env: AlertChannels['env'],
): Promise<string | undefined> {
  return await new Promise((done) => {
    const child = spawn(program, args, {
      env: { ...sessionBus(), ...ownVariables(env, process.execPath) },
      stdio: ['pipe', 'ignore', 'ignore'],
      timeout: COMMAND_MS,
      killSignal: 'SIGKILL',
    });
    child.on('error', (error) => done(error.message));
    child.on('close', (code, signal) =>
      done(code === 0 ? undefined : `it ended with ${signal ?? code}`),
    );
    child.stdin.on('error', () => {}); // it need not read
    child.stdin.end(input);
  });
}
