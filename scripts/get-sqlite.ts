// Puts the SQLite module for this Node.js into node_modules/, where npm has left it out.
import { cpSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TrackerError } from '../lib/base/errors.ts';
import {
  moduleFolders,
  nativeHost,
  nativeModuleFor,
} from '../lib/install/program/native-module.ts';
import { downloadSqlite } from '../lib/install/program/sqlite-download.ts';

const host = nativeHost();
try {
  const download = await downloadSqlite({
    host,
    env: process.env,
    node: realpathSync(process.execPath),
    temporary: tmpdir(),
    onStep: (step, log) => console.log(`== ${step}; log: ${log}`),
  });
  for (const [name, folder] of moduleFolders(download.root, nativeModuleFor(host)) ?? []) {
    const place = join('node_modules', name);
    rmSync(place, { recursive: true, force: true });
    cpSync(folder, place, { recursive: true });
  }
  download.remove();
} catch (error) {
  if (!(error instanceof TrackerError)) throw error;
  console.error(`error: ${error.message}\n  ${error.hint ?? ''}`);
  process.exitCode = 1;
}
