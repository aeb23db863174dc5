import {
  chmodSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { errorCode, errorMessage, TrackerError } from '../../base/errors.ts';
import { readRegularBytes } from '../../base/regular-file.ts';
import { writeAtomically } from '../atomic-file.ts';

/** Which of Claude Code's settings files: the user's, a project's shared one, a project's private one. */
export type SettingsScope = 'user' | 'project' | 'local';

/** The settings file of a scope. `claudeFolder` is `~/.claude`, or the folder used in its place. */
export function settingsPath(scope: SettingsScope, claudeFolder: string, cwd: string): string {
  switch (scope) {
    case 'user':
      return join(claudeFolder, 'settings.json');
    case 'project':
      return join(cwd, '.claude', 'settings.json');
    case 'local':
      return join(cwd, '.claude', 'settings.local.json');
  }
}

/**
 * The text of a settings file, null when there is none. Follows links.
 *
 * @throws TrackerError E_SETTINGS_UNREADABLE, also when the file is not UTF-8
 */
export function readSettings(file: string, maxBytes = MAX_BYTES): string | null {
  let bytes: Buffer;
  try {
    bytes = readRegularBytes(file, maxBytes);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw new TrackerError(
      'E_SETTINGS_UNREADABLE',
      `${file}: ${errorMessage(error).replace(`${file}: `, '')}`,
      {
        hint: 'Make the file readable, then run this again.',
        cause: error,
      },
    );
  }
  const text = bytes.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(bytes)) return text;
  throw new TrackerError('E_SETTINGS_UNREADABLE', `${file} is not UTF-8; nothing was changed`, {
    hint: 'Save the file as UTF-8, then run this again.',
  });
}

/**
 * Writes a settings file completely or not at all. A link stays a link and its target is written; mode
 * and owner stay. A new file gets mode 0600. Null removes the file.
 *
 * @throws TrackerError E_SETTINGS_UNWRITABLE
 */
export function writeSettings(file: string, text: string | null): void {
  try {
    const target = targetOf(file);
    if (text === null) {
      unlinkSync(target);
      return;
    }
    mkdirSync(dirname(target), { recursive: true });
    writeAtomically(target, text);
  } catch (error) {
    if (text === null && errorCode(error) === 'ENOENT') return;
    throw new TrackerError('E_SETTINGS_UNWRITABLE', `${file}: ${errorMessage(error)}`, {
      hint: `Make the file and its folder writable for you. If a program generates the file, add the hooks there: \`install --dry-run\` prints them.`,
      cause: error,
    });
  }
}

/**
 * Keeps `text` beside `file` as `<file>.backup-YYYYMMDDTHHMMSS` (local time), mode 0600, and returns
 * that path. Never overwrites.
 */
export function backupSettings(file: string, text: string, now: Clock): string {
  const stamp = timeStamp(new Date(now()));
  for (let attempt = 0; ; attempt++) {
    const backup = `${file}.backup-${stamp}${attempt === 0 ? '' : `-${attempt}`}`;
    try {
      writeFileSync(backup, text, { flag: 'wx', mode: 0o600 });
      chmodSync(backup, 0o600);
      return backup;
    } catch (error) {
      if (errorCode(error) === 'EEXIST' && attempt < 100) continue;
      throw new TrackerError('E_SETTINGS_UNWRITABLE', `${backup}: ${errorMessage(error)}`, {
        hint: 'Make the folder writable for you, then run this again.',
        cause: error,
      });
    }
  }
}

// --- internal ---

/** The longest settings file, in bytes; some texts of 4 MiB keep the parser busy for seconds. */
const MAX_BYTES = 1024 * 1024;

/** The file a path leads to through links, even if it does not exist yet. */
function targetOf(file: string): string {
  let path = file;
  for (let links = 0; links < 40; links++) {
    try {
      return realpathSync(path);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
    try {
      path = resolve(dirname(path), readlinkSync(path));
    } catch {
      return path; // not a link: the file itself does not exist
    }
  }
  return path;
}

function timeStamp(time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${time.getFullYear()}${two(time.getMonth() + 1)}${two(time.getDate())}`;
  return `${date}T${two(time.getHours())}${two(time.getMinutes())}${two(time.getSeconds())}`;
}
