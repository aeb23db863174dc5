import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode } from '../../base/errors.ts';
import { isJsonObject } from '../../base/json.ts';
import { readRegularFile } from '../../base/regular-file.ts';

/** The names under which the plugin is known: in this marketplace, and in others. */
export const PLUGIN_NAMES = ['claude-pattern-tracker', 'pattern-tracker'] as const;

/**
 * The copies of our plugin that Claude Code has kept but uses no more: those of a plugin that is not installed,
 * and older versions of one that is. Claude Code removes them by itself, but only after some weeks.
 */
export function disusedCopies(claudeFolder: string): string[] {
  const plugins = join(claudeFolder, 'plugins');
  const cache = join(plugins, 'cache');
  return entries(cache).flatMap((marketplace) =>
    PLUGIN_NAMES.flatMap((name) => {
      const folder = join(cache, marketplace, name);
      const isUsed = isInstalled(plugins, `${name}@${marketplace}`);
      return entries(folder)
        .map((version) => join(folder, version))
        .filter((copy) => existsSync(join(copy, 'hooks', 'capture.sh'))) // others may have its name
        .filter((copy) => !isUsed || existsSync(join(copy, '.orphaned_at')));
    }),
  );
}

/** Removes them, and the folders that this leaves empty. */
export function removeCopies(copies: readonly string[]): void {
  for (const copy of copies) {
    rmSync(copy, { recursive: true, force: true });
    removeIfEmpty(dirname(copy));
    removeIfEmpty(dirname(dirname(copy)));
  }
}

// --- internal ---

function entries(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}

/** True also when Claude Code's list cannot be understood, so that nothing in use is removed. */
function isInstalled(plugins: string, id: string): boolean {
  try {
    const list: unknown = JSON.parse(readRegularFile(join(plugins, 'installed_plugins.json')));
    const installed = isJsonObject(list) ? list['plugins'] : undefined;
    return !isJsonObject(installed) || installed[id] !== undefined;
  } catch (error) {
    return errorCode(error) !== 'ENOENT';
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // it holds something
  }
}
