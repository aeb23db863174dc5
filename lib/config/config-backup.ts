import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  chmodSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { checkRegularFile } from '../base/regular-file.ts';
import type { TrackerPaths } from '../base/paths.ts';
import { loadConfig } from './config-file.ts';
import type { ConfigFiles } from './config-file.ts';

/** One backup made by {@link backUpConfig}. */
export interface ConfigBackup {
  /** Its UTC time, `20261124-093000`; with `-2`, `-3`, … when that name was taken. */
  readonly name: string;
  readonly files: ConfigFiles;
}

type BackupPaths = ConfigFiles & Pick<TrackerPaths, 'configBackups'>;

/**
 * Copies the existing configuration files into a new folder below `configBackups`. Returns the backup's
 * name and the files copied; undefined when no file exists. `now` is in milliseconds since 1970.
 *
 * @throws TrackerError E_NO_FILE when one of them is a folder, a FIFO, a socket or a device
 */
export function backUpConfig(
  paths: BackupPaths,
  now: number,
): { readonly name: string; readonly files: readonly string[] } | undefined {
  const present = filesOf(paths).filter((file) => existsSync(file));
  if (present.length === 0) return undefined;
  for (const file of present) checkRegularFile(file);
  const name = freeName(paths.configBackups, now);
  const folder = join(paths.configBackups, name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const file of present) copyPrivately(file, join(folder, basename(file)));
  return { name, files: present };
}

/** Every backup, oldest first. */
export function listConfigBackups(paths: BackupPaths): ConfigBackup[] {
  if (!existsSync(paths.configBackups)) return [];
  return readdirSync(paths.configBackups)
    .filter((name) => BACKUP_NAME.test(name)) // any other folder would look like an empty backup
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((name) => ({ name, files: filesIn(join(paths.configBackups, name), paths) }));
}

/** The newest backup of a valid configuration: what `config restore` replaces is backed up, too, and may be broken. */
export function newestGoodBackup(paths: BackupPaths): ConfigBackup | undefined {
  return listConfigBackups(paths).findLast(({ files }) => loadConfig(files).error === null);
}

/**
 * Restores the files of a backup, each atomically by a rename, and returns those restored. A file that
 * the backup lacks is removed, because it would override what was restored.
 *
 * @throws TrackerError E_NO_FILE when a file of the backup is not a regular file
 */
export function restoreConfig(paths: BackupPaths, name: string): string[] {
  const saved = filesOf(filesIn(join(paths.configBackups, name), paths));
  return filesOf(paths).flatMap((file, index) => {
    const copy = saved[index] ?? '';
    if (!existsSync(copy)) {
      rmSync(file, { force: true });
      return [];
    }
    const place = existsSync(file) ? realpathSync(file) : file; // keep a link, for example into dotfiles
    const next = `${place}.restoring`;
    checkRegularFile(copy);
    copyPrivately(copy, next);
    renameSync(next, place);
    return [file];
  });
}

// --- internal ---

const BACKUP_NAME = /^\d{8}-\d{6}(?:-\d+)?$/;

function filesOf({ configFile, resilienceFile, loggingFile }: ConfigFiles): string[] {
  return [configFile, resilienceFile, loggingFile];
}

function filesIn(
  folder: string,
  { configFile, resilienceFile, loggingFile }: ConfigFiles,
): ConfigFiles {
  return {
    configFile: join(folder, basename(configFile)),
    resilienceFile: join(folder, basename(resilienceFile)),
    loggingFile: join(folder, basename(loggingFile)),
  };
}

/** Copies with mode 0600, because a configuration may hold a token. */
function copyPrivately(from: string, to: string): void {
  copyFileSync(from, to);
  chmodSync(to, 0o600);
}

function freeName(folder: string, now: number): string {
  const stamp = new Date(now)
    .toISOString()
    .replace(/\..*/, '')
    .replaceAll(/[-:]/g, '')
    .replace('T', '-');
  let name = stamp;
  for (let n = 2; existsSync(join(folder, name)); n++) name = `${stamp}-${n}`;
  return name;
}
