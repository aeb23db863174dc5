import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { errorMessage, TrackerError } from '../../base/errors.ts';
import { isJsonObject } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import { writeAtomically } from '../atomic-file.ts';
import { nativeModuleFor, nativeModulePaths } from '../native-module.ts';
import type { NativeHost } from '../native-module.ts';

/** Entries of package-lock.json by their place: `node_modules/bindings`. */
export type LockedPackages = Readonly<Record<string, JsonObject>>;

/** Which module to fetch, and where to. */
export interface SqliteFetch {
  /** What will load the module. */
  readonly host: NativeHost;
  /** The module's package and all that it needs, each with the digest that npm checks. */
  readonly locked: LockedPackages;
  /** The folder of the program, which gets the module in its `node_modules`. */
  readonly root: string;
  /** The environment of npm. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gets npm's output, also when it fails. */
  readonly log: (output: string) => void;
}

/** The entries of `lockText`, a package-lock.json, that the module of `host` needs. */
export function lockedSqlite(lockText: string, host: NativeHost): LockedPackages {
  const lock: unknown = JSON.parse(lockText);
  const packages = isJsonObject(lock) && isJsonObject(lock['packages']) ? lock['packages'] : {};
  const found = new Map<string, JsonObject>();
  const waiting = [placeOf(nativeModuleFor(host).packages[0] ?? '', '', packages)];
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    const entry = packages[place];
    if (found.has(place) || !isJsonObject(entry)) continue;
    const { optional: _, ...needed } = entry; // what the project may lack, this module needs
    found.set(place, needed);
    const dependencies = isJsonObject(entry['dependencies']) ? entry['dependencies'] : {};
    for (const name of Object.keys(dependencies)) waiting.push(placeOf(name, place, packages));
  }
  return Object.fromEntries(found);
}

/**
 * Fetches SQLite with npm, in the locked version. npm checks the digest of every package; better-sqlite3 12
 * then gets or compiles its binary in its install script.
 *
 * @throws TrackerError E_SQLITE_FETCH
 */
export function fetchSqlite({ host, locked, root, env, log }: SqliteFetch): void {
  const [name = ''] = nativeModuleFor(host).packages;
  const version = versionOf(locked, name);
  const folder = temporaryFolder(root);
  try {
    writeProject(folder, name, locked);
    const npm = npmIn(folder, env);
    const scripts = `--ignore-scripts=${name !== 'better-sqlite3-12'}`;
    let output = npm(
      'ci',
      scripts,
      '--foreground-scripts',
      '--prefer-offline',
      '--fetch-retries=1',
      '--no-audit',
    );
    const modules = join(folder, 'node_modules');
    if (existsSync(join(modules, name)) && !nativeModulePaths(modules, host)) {
      output += npm('run', 'build-release', '--prefix', join('node_modules', name));
    }
    log(output);
    const paths = nativeModulePaths(modules, host);
    if (paths === undefined) throw failed(`${name} ${version}`, output);
    copyModule(modules, paths, join(root, 'node_modules'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Copies these files of a folder `node_modules` to another; each file is replaced at once. */
export function copyModule(from: string, paths: readonly string[], to: string): void {
  for (const path of paths) {
    const content = readFileSync(join(from, path));
    const target = join(to, path);
    if (existsSync(target) && readFileSync(target).equals(content)) continue;
    mkdirSync(dirname(target), { recursive: true });
    writeAtomically(target, content, 0o644);
  }
}

/** The locked version of a package; '' when it is not locked. */
export function versionOf(locked: LockedPackages, name: string): string {
  const version = locked[`node_modules/${name}`]?.['version'];
  return typeof version === 'string' ? version : '';
}

// --- internal ---

/** How the names of folders begin in which npm works. */
const TEMPORARY = '.sqlite-';

/** How long npm may take, in milliseconds: compiling takes a minute, and many on a busy machine. */
const NPM_MS = 1_200_000;

/** Where the package `name` is that the one in `user` loads: nested in it, or in a folder above. */
function placeOf(name: string, user: string, packages: JsonObject): string {
  const place = `${user}${user && '/'}node_modules/${name}`;
  if (user === '' || packages[place] !== undefined) return place;
  return placeOf(name, user.slice(0, Math.max(0, user.lastIndexOf('/node_modules/'))), packages);
}

function temporaryFolder(root: string): string {
  try {
    for (const name of readdirSync(root)) {
      const left = name.startsWith(TEMPORARY) ? join(root, name) : undefined; // by one that was killed
      if (left && Date.now() - statSync(left).mtimeMs > NPM_MS) rmSync(left, { recursive: true });
    }
    return mkdtempSync(join(root, TEMPORARY));
  } catch (error) {
    throw new TrackerError('E_SQLITE_FETCH', `cannot write to ${root}: ${errorMessage(error)}`, {
      hint: 'Run `pattern-tracker setup` as the user that owns this folder.',
      cause: error,
    });
  }
}

/** Writes a project that consists of the locked packages. */
function writeProject(folder: string, name: string, locked: LockedPackages): void {
  const version = versionOf(locked, name);
  const dependencies = {
    [name]: name === 'better-sqlite3' ? version : `npm:better-sqlite3@${version}`,
  };
  const own = { private: true, dependencies, allowScripts: { 'better-sqlite3': true } };
  const lock = {
    lockfileVersion: 3,
    requires: true,
    packages: { '': { dependencies }, ...locked },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(own));
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
}

/** Runs the npm beside this Node.js in `folder`; returns its output. */
function npmIn(folder: string, env: SqliteFetch['env']) {
  const bin = dirname(process.execPath);
  const prefix = dirname(bin);
  // As in scripts/ensure-installed.mjs: with its headers at hand, Node.js needs no download of them.
  const hasHeaders = existsSync(join(prefix, 'include', 'node', 'node_version.h'));
  const isWindows = process.platform === 'win32';
  return (...args: string[]): string => {
    const { stdout, stderr, error } = spawnSync(isWindows ? 'npm.cmd' : 'npm', args, {
      cwd: folder,
      encoding: 'utf8',
      shell: isWindows,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: NPM_MS,
      windowsHide: true,
      env: {
        ...(hasHeaders ? { npm_config_nodedir: prefix } : {}),
        NODE_USE_SYSTEM_CA: '1', // the certificates of the machine's owner; older versions ignore it
        ...env,
        PATH: [bin, env['PATH'] ?? ''].join(delimiter),
      },
    });
    return `${stdout ?? ''}${stderr ?? ''}${error ? `npm error ${error.message}\n` : ''}`;
  };
}

function failed(what: string, output: string): TrackerError {
  const again = 'then run `pattern-tracker setup` again.';
  if (/gyp ERR/i.test(output)) {
    return new TrackerError('E_SQLITE_FETCH', `${what} had to be compiled, and that failed`, {
      hint: `Install a C++ compiler, make and Python 3, or use Node.js 22.14 or newer, ${again}`,
    });
  }
  const errors = [...output.matchAll(/^npm (?:error|ERR!) (\S.*)$/gm)].map(([, line]) => line);
  const reason = errors.find((line) => line?.includes('reason: ')) ?? errors.slice(0, 2).join(', ');
  return new TrackerError(
    'E_SQLITE_FETCH',
    `could not get ${what}: ${reason || 'npm gave no binary'}`,
    {
      hint: `Check that \`npm ping\` reaches your registry (behind a proxy of your own, NODE_EXTRA_CA_CERTS names its certificate), ${again}`,
    },
  );
}
