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
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { errorMessage } from '../lib/base/errors.ts';
import { moduleFiles, nativeHost, nativeModuleFor } from '../lib/install/program/native-module.ts';
import type { NativeHost } from '../lib/install/program/native-module.ts';
import { pluginHooks } from '../lib/install/plugin/plugin-hooks.ts';
import { linkNode } from '../lib/install/program/program-files.ts';
import { copyModule, downloadSqlite } from '../lib/install/program/sqlite-download.ts';

/** The folder that .claude-plugin/marketplace.json names. */
export const PLUGIN = 'plugin';

/**
 * Writes the parts that follow from others, and copies the program.
 *
 * @param files the program's files, below `built`
 * @param built the folder in which the build has put them
 * @param dist the folder to make
 */
export async function fillPlugin(
  files: readonly string[],
  built: string,
  dist: string,
): Promise<void> {
  writeChanged(join(PLUGIN, 'hooks', 'hooks.json'), pluginHooks());
  writeChanged(join(PLUGIN, 'hooks', 'capture.sh'), readFileSync('hooks/capture.sh', 'utf8'));
  chmodSync(join(PLUGIN, 'hooks', 'capture.sh'), 0o755);
  for (const file of files) {
    const target = join(dist, relative(built, file));
    mkdirSync(dirname(target), { recursive: true });
    cpSync(file, target);
  }
  linkNode(PLUGIN, realpathSync(process.execPath));
  for (const host of HOSTS) await bringSqlite(host);
}

// --- internal ---

/** One Node.js for each of the two packages of SQLite. */
const HOSTS: readonly NativeHost[] = ['9', '10'].map((nodeApi) => ({ ...nativeHost(), nodeApi }));

/**
 * Brings SQLite for a Node.js on this machine: the one that npm has installed here, or else, as npm leaves
 * out the package for other versions of Node.js, a fetched one. Version 12 has to be built by the Node.js that
 * loads it, so it is fetched when that one runs the plugin.
 */
async function bringSqlite(host: NativeHost): Promise<void> {
  const checkout = process.cwd();
  if (moduleFiles(checkout, host)) return copyModule(checkout, host, PLUGIN);
  const [name] = nativeModuleFor(host).packages;
  if (name === 'better-sqlite3-12' || isThere(host, name)) return;
  try {
    const download = await downloadSqlite({
      host,
      env: process.env,
      node: realpathSync(process.execPath),
      temporary: tmpdir(),
      onStep: (step, log) => console.log(`== ${step}; log: ${log}`),
    });
    copyModule(download.root, host, PLUGIN);
    download.remove();
  } catch (error) {
    console.warn(`plugin/: ${errorMessage(error)}; the plugin tries again when it needs it`);
  }
}

/** True when an earlier build has fetched it, in the version that the lock file has. */
function isThere(host: NativeHost, name: string): boolean {
  const own = join(PLUGIN, 'node_modules', name, 'package.json');
  if (!existsSync(own) || !moduleFiles(resolve(PLUGIN), host)) return false;
  const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  const locked = read('package-lock.json').packages?.[`node_modules/${name}`];
  return read(own).version === locked?.version;
}

/** What is read of package.json and of package-lock.json. */
interface Manifest {
  readonly version?: string;
  readonly packages?: Readonly<Record<string, { readonly version?: string }>>;
}

/** Leaves a committed file alone while it is right. */
function writeChanged(file: string, text: string): void {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
