import { chmodSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { moduleFolders, nativeModuleFor } from '../../../lib/install/program/native-module.ts';
import { downloadSqlite } from '../../../lib/install/program/sqlite-download.ts';
import { put } from '../fake-machine.ts';

let root: string;
let steps: string[];
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'sqlite-download-')));
  steps = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const NEW = { nodeApi: '10', target: 'linux-x64' };
const OLD = { nodeApi: '9', target: 'linux-x64' };
/** Puts a file of the package into the folder after `--prefix`. */
const WRITES = (file: string) =>
  `mkdir -p "node_modules/$(dirname ${file})"; echo > node_modules/${file}`;

/** Downloads with this `npm`, a script of sh; without one, with the real one. */
function download(host: typeof NEW, npm?: string, env: Record<string, string> = {}) {
  const bin = join(root, 'bin');
  if (npm !== undefined) {
    put(join(bin, 'npm'), `#!/bin/sh\n${npm}\n`);
    chmodSync(join(bin, 'npm'), 0o755);
  }
  return downloadSqlite({
    host,
    env: { ...process.env, npm_config_cache: join(root, 'cache'), ...env },
    node: npm === undefined ? process.execPath : join(bin, 'node'),
    temporary: root,
    onStep: (step) => steps.push(step),
  });
}

describe('downloadSqlite', () => {
  it('gets the version that package.json names, and runs no script of a package', async () => {
    const npm = `echo "$@" > ${join(root, 'said')}; ${WRITES('better-sqlite3/prebuilds/linux-x64.node')}`;
    const { root: found, remove } = await download(NEW, npm);
    expect(moduleFolders(found, nativeModuleFor(NEW))?.size).toBe(1);
    expect(readFileSync(join(root, 'said'), 'utf8')).toMatch(
      /^install --prefix .* --ignore-scripts .* better-sqlite3@\^\d+\.\d+\.\d+\n$/,
    );
    expect(steps).toEqual(['downloading better-sqlite3']);
    remove();
    expect(readdirSync(root).filter((name) => name.startsWith('pattern-tracker-'))).toEqual([]);
  });

  it('compiles the one for an older Node.js in a step of its own', async () => {
    const files = ['bindings/x.js', 'file-uri-to-path/x.js', 'better-sqlite3-12/package.json'];
    const built = 'better-sqlite3-12/build/Release/better_sqlite3.node';
    const npm = `case $1 in install) ${files.map(WRITES).join('; ')} ;; *) ${WRITES(built)} ;; esac`;
    const { root: found } = await download(OLD, npm);
    expect(moduleFolders(found, nativeModuleFor(OLD))?.size).toBe(3);
    expect(steps).toEqual(['downloading better-sqlite3-12', 'compiling SQLite, about 1 min']);
  });

  it.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', 'NODE_EXTRA_CA_CERTS'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'NODE_EXTRA_CA_CERTS'],
    ['ENOTFOUND', 'HTTPS_PROXY'],
    ['E404', 'npm config get registry'],
    ['ENOSPC', 'Make room'],
  ])('says why nothing could be downloaded, and what to set: %s', async (code, remedy) => {
    const failed = download(NEW, `echo "npm error code ${code}" >&2; exit 1`);
    await expect(failed).rejects.toMatchObject({
      code: 'E_DOWNLOAD',
      message: `could not download better-sqlite3: ${code}`,
      hint: expect.stringMatching(new RegExp(`${remedy}.*Then try again`)) as string,
    });
  });

  it('says what a compiler needs, and keeps the log alone', async () => {
    const npm = `case $1 in install) ${WRITES('better-sqlite3-12/x')} ;; *) echo gyp ERR; exit 1 ;; esac`;
    const error = await download(OLD, npm).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'E_COMPILE',
      hint: expect.stringContaining('build-essential') as string,
    });
    const [folder = ''] = readdirSync(root).filter((name) => name.startsWith('pattern-tracker-'));
    expect(readdirSync(join(root, folder))).toEqual(['npm.log']);
    expect(readFileSync(join(root, folder, 'npm.log'), 'utf8')).toContain('gyp ERR');
  });

  it('says that npm is missing, and leaves nothing behind', async () => {
    const failed = downloadSqlite({
      host: NEW,
      env: { PATH: '' },
      node: join(root, 'bin', 'node'),
      temporary: root,
      onStep: () => {},
    });
    await expect(failed).rejects.toMatchObject({ code: 'E_NO_NPM' });
    expect(readdirSync(root)).toEqual([]);
  });

  it('fails at once where the real npm meets no registry', async () => {
    const failed = download(NEW, undefined, {
      npm_config_registry: 'http://127.0.0.1:9/',
      npm_config_fetch_retries: '0',
    });
    await expect(failed).rejects.toMatchObject({
      message: 'could not download better-sqlite3: ECONNREFUSED',
    });
  });
});
