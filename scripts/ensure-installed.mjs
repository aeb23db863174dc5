// Installs the dependencies if the checkout has none, or older ones than its lock file: so that
// `npm test` works alone on a fresh clone. Plain JavaScript: nothing is there yet to run TypeScript.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';

const installed = 'node_modules/.package-lock.json';
const isCurrent =
  existsSync(installed) && statSync(installed).mtimeMs >= statSync('package-lock.json').mtimeMs;

if (!isCurrent) {
  console.log('Installing the dependencies (the native module takes about a minute to compile) …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status } = spawnSync(npm, ['ci'], { stdio: 'inherit', shell: npm === 'npm.cmd' });
  process.exitCode = status ?? 1;
}
