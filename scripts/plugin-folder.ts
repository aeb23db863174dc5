// Completes plugin/, which Claude Code copies when the plugin is installed: docs/decisions/014. Committed are
// its manifest, commands and hooks, so that an unbuilt clone records; the build adds program and SQLite.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { errorMessage } from '../lib/base/errors.ts';
import { nativeHost, nativeModuleFor, nativeModulePaths } from '../lib/install/native-module.ts';
import type { NativeHost } from '../lib/install/native-module.ts';
import { pluginHooks } from '../lib/install/plugin/plugin-hooks.ts';
import { linkNode } from '../lib/install/program-files.ts';
import {
  copyModule,
  fetchSqlite,
  lockedSqlite,
  versionOf,
} from '../lib/install/plugin/sqlite-fetch.ts';

/** The folder that .claude-plugin/marketplace.json names. */
export const PLUGIN = 'plugin';

/**
 * Writes the parts that follow from others, and copies the program.
 *
 * @param files the program's files, below `built`
 * @param built the folder in which the build has put them
 * @param dist the folder to make
 */
export function fillPlugin(files: readonly string[], built: string, dist: string): void {
  writeChanged(join(PLUGIN, 'hooks', 'hooks.json'), pluginHooks());
  writeChanged(join(PLUGIN, 'hooks', 'capture.sh'), readFileSync('hooks/capture.sh', 'utf8'));
  chmodSync(join(PLUGIN, 'hooks', 'capture.sh'), 0o755);
  for (const file of files) {
    const target = join(dist, relative(built, file));
    mkdirSync(dirname(target), { recursive: true });
    cpSync(file, target);
  }
  const lock = readFileSync('package-lock.json', 'utf8');
  const locks = Object.fromEntries(
    HOSTS.map((host) => [nativeModuleFor(host).packages[0], lockedSqlite(lock, host)]),
  );
  writeFileSync(join(dist, 'sqlite-locks.json'), JSON.stringify(locks));
  linkNode(PLUGIN, realpathSync(process.execPath));
  for (const host of HOSTS) bringSqlite(host, lock);
}

// --- internal ---

/** One Node.js for each of the two packages of SQLite. */
const HOSTS: readonly NativeHost[] = ['9', '10'].map((nodeApi) => ({ ...nativeHost(), nodeApi }));

/**
 * Brings SQLite for a Node.js on this machine: the one that npm has installed here, or else, as npm leaves
 * out the package for other versions of Node.js, a fetched one. Version 12 has to be built by the Node.js that
 * loads it, so it is fetched when that one runs the plugin.
 */
function bringSqlite(host: NativeHost, lock: string): void {
  const own = nativeModulePaths('node_modules', host);
  const [name = ''] = nativeModuleFor(host).packages;
  if (own) return copyModule('node_modules', own, join(PLUGIN, 'node_modules'));
  const locked = lockedSqlite(lock, host);
  if (name === 'better-sqlite3-12' || isThere(host, name, versionOf(locked, name))) return;
  try {
    fetchSqlite({ host, locked, root: PLUGIN, env: process.env, log: () => {} });
  } catch (error) {
    console.warn(`plugin/: ${errorMessage(error)}; the plugin tries again when it needs it`);
  }
}

/** True when an earlier build has fetched it. */
function isThere(host: NativeHost, name: string, version: string): boolean {
  const folder = join(PLUGIN, 'node_modules');
  if (!nativeModulePaths(folder, host)) return false;
  const { version: found } = JSON.parse(
    readFileSync(join(folder, name, 'package.json'), 'utf8'),
  ) as { version?: string };
  return found === version;
}

/** Leaves a committed file alone while it is right. */
function writeChanged(file: string, text: string): void {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
