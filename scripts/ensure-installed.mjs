// Installs the dependencies if they are missing, older than the lock file, or built for another Node.js,
// so that `npm test` and ./install.sh work on a fresh clone. Plain JavaScript, because nothing that runs
// TypeScript is installed yet. ./install.sh shows the lines that begin with "== ", and an "error: ".
//   node scripts/ensure-installed.mjs [SCRIPT]   runs that script of package.json, beside the compiler of SQLite if that
//   has to run: it takes a minute of one processor
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync, utimesSync } from 'node:fs';

const installed = 'node_modules/.package-lock.json';
// As in lib/base/sqlite-package.ts.
const sqlite = Number(process.versions.napi) < 10 ? 'better-sqlite3-12' : 'better-sqlite3';
const isCurrent =
  existsSync(installed) && statSync(installed).mtimeMs >= statSync('package-lock.json').mtimeMs;

const isWindows = process.platform === 'win32';
const npm = isWindows ? 'npm.cmd' : 'npm';

if (!isCurrent) process.exitCode = installPackages();
if (!process.exitCode) {
  const [script] = process.argv.slice(2);
  if (script) run(npm, ['run', '-s', script]);
  // npm ignores a failure here, because the package is optional: each Node.js needs another one.
  if (!sqliteLoads()) run(process.execPath, ['--import', 'tsx', 'scripts/get-sqlite.ts']);
}

/** Runs beside what else runs; where it fails, so does this program. */
function run(command, args) {
  const child = spawn(command, args, { stdio: 'inherit', shell: isWindows && command === npm });
  child.on('error', () => (process.exitCode ||= 1));
  child.on('exit', (status) => (process.exitCode ||= status ?? 1));
}

function installPackages() {
  console.log('== downloading the packages');
  const { status, stderr } = spawnSync(npm, ['ci'], {
    stdio: ['inherit', 'inherit', 'pipe'],
    encoding: 'utf8',
    maxBuffer: Infinity,
    shell: isWindows,
  });
  process.stderr.write(stderr ?? '');
  if (status === 0) {
    utimesSync(installed, new Date(), new Date());
    return 0;
  }
  const code = /^npm error code (\S+)/m.exec(stderr ?? '')?.[1];
  if (code) {
    console.error(
      `error: could not download the packages: ${code}\n` +
        '  Check the network. NODE_EXTRA_CA_CERTS names the certificates of a proxy or a mirror,\n' +
        '  HTTPS_PROXY a proxy, `npm config set registry URL` a mirror. Then try again.',
    );
  }
  return 1;
}

/** Tries it in a process of its own, because a module built for another Node.js may crash it. */
function sqliteLoads() {
  const open = `new (require('${sqlite}'))(':memory:').close()`;
  return spawnSync(process.execPath, ['-e', open], { stdio: 'ignore' }).status === 0;
}
