// Installs the dependencies if the checkout has none, or older ones than its lock file: so that
// `npm test` and ./install.sh work alone on a fresh clone. Plain JavaScript: nothing is there yet to
// run TypeScript.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync, utimesSync } from 'node:fs';
import { resolve } from 'node:path';

const installed = 'node_modules/.package-lock.json';
const isCurrent =
  existsSync(installed) && statSync(installed).mtimeMs >= statSync('package-lock.json').mtimeMs;

if (!isCurrent) {
  console.log('npm ci (the native module may have to be compiled, which takes about a minute) …');
  // Where Node has brought its headers along, a native module is compiled against those, and
  // nothing has to be fetched for it.
  const prefix = resolve(process.execPath, '..', '..');
  const hasHeaders = existsSync(resolve(prefix, 'include', 'node', 'node_version.h'));
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status } = spawnSync(npm, ['ci', '--foreground-scripts'], {
    stdio: 'inherit',
    shell: npm === 'npm.cmd',
    env: hasHeaders ? { npm_config_nodedir: prefix, ...process.env } : process.env,
  });
  process.exitCode = status ?? 1;
  if (status === 0) utimesSync(installed, new Date(), new Date());
}
