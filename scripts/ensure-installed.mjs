// Installs the dependencies if they are missing, older than the lock file, or built for another Node.js,
// so that `npm test` and ./install.sh work on a fresh clone. Plain JavaScript, because nothing that runs
// TypeScript is installed yet.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync, utimesSync } from 'node:fs';
import { join, resolve } from 'node:path';

const installed = 'node_modules/.package-lock.json';
// As in lib/base/sqlite-package.ts. Version 13 brings binaries, but not for every platform.
const sqlite = Number(process.versions.napi) < 10 ? 'better-sqlite3-12' : 'better-sqlite3';
const isCurrent =
  existsSync(installed) && statSync(installed).mtimeMs >= statSync('package-lock.json').mtimeMs;

if (!isCurrent || !sqliteLoads()) process.exitCode = install();

function install() {
  const mayCompile = sqlite === 'better-sqlite3-12';
  console.log(
    mayCompile
      ? 'npm ci (the native module may have to be compiled, which takes about a minute) …'
      : 'npm ci …',
  );
  const status = npm('ci', '--foreground-scripts');
  if (status !== 0) return status;
  utimesSync(installed, new Date(), new Date());
  if (sqliteLoads()) return 0;
  if (!mayCompile) npm('run', 'build-release', '--prefix', join('node_modules', sqlite));
  if (sqliteLoads()) return 0;
  // Both packages are optional, so npm ignores a failure: each Node.js needs only one of them.
  console.error(`The SQLite module does not load in Node.js ${process.versions.node}.`);
  return 1;
}

/** Tries it in a process of its own, because a module built for another Node.js may crash it. */
function sqliteLoads() {
  const open = `new (require('${sqlite}'))(':memory:').close()`;
  return spawnSync(process.execPath, ['-e', open], { stdio: 'ignore' }).status === 0;
}

function npm(...args) {
  // If Node.js was installed with its headers, native modules are compiled against those, so that nothing
  // needs to be downloaded.
  const prefix = resolve(process.execPath, '..', '..');
  const hasHeaders = existsSync(resolve(prefix, 'include', 'node', 'node_version.h'));
  const isWindows = process.platform === 'win32';
  const { status } = spawnSync(isWindows ? 'npm.cmd' : 'npm', args, {
    stdio: 'inherit',
    shell: isWindows,
    env: hasHeaders ? { npm_config_nodedir: prefix, ...process.env } : process.env,
  });
  return status ?? 1;
}
