import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { trackerPaths } from '../../lib/base/paths.ts';
import type { TrackerPaths } from '../../lib/base/paths.ts';
import { offerImport } from '../../lib/cli/transcripts/import-offer.ts';
import type { ImportOffer } from '../../lib/cli/transcripts/import-offer.ts';
import { openDatabase } from '../../lib/store/database/database.ts';
import { endProcessesNaming } from '../processes/tracker-home.ts';
import { REAL_TRANSCRIPTS } from '../transcript/sample-transcript.ts';
import { testEnvironment } from './test-environment.ts';

let folder: string;
let claudeFolder: string;
let paths: TrackerPaths;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-offer-'));
  claudeFolder = join(folder, '.claude');
  paths = trackerPaths(join(claudeFolder, 'hooks', 'pattern-tracker'));
  mkdirSync(paths.data, { recursive: true });
  symlinkSync(resolve('dist'), join(paths.home, 'dist'));
  cpSync(join(REAL_TRANSCRIPTS, 'compact', 'projects'), join(claudeFolder, 'projects'), {
    recursive: true,
  });
});
afterEach(async () => {
  await endProcessesNaming(paths.home); // an import leaves a courier
  rmSync(folder, { recursive: true, force: true });
});

async function offered(overrides: Partial<ImportOffer>) {
  const { cli, written } = testEnvironment({ folder, paths });
  const offer = {
    paths,
    claudeFolder,
    node: process.execPath,
    yes: false,
    isFirst: true,
    json: false,
  };
  const imported = await offerImport(cli, { ...offer, ...overrides });
  const database = openDatabase(paths.database);
  const calls = database.prepare('SELECT count(*) FROM tool_calls').pluck().get();
  database.close();
  return { imported, calls, out: written.out };
}

it('is taken with --yes, by the installed program', async () => {
  expect(await offered({ yes: true, json: true, isFirst: false })).toMatchObject({
    imported: { sessions: 1, calls: 2, missing: 0 },
    calls: 2,
    out: '',
  });
});

it('is told where nobody can be asked, once', async () => {
  const { calls, out } = await offered({});
  expect([calls, out]).toEqual([
    0,
    expect.stringMatching(
      /^\n1 session of Claude Code \(.*\) came before: `pattern-tracker import`/,
    ),
  ]);
  expect(await offered({ isFirst: false })).toEqual({ imported: null, calls: 0, out: '' });
  expect(await offered({ json: true })).toEqual({ imported: null, calls: 0, out: '' });
});

it('is not made where transcripts are not to be read, or there are none', async () => {
  writeFileSync(paths.configFile, 'transcripts: off\n');
  expect(await offered({ yes: true })).toEqual({ imported: null, calls: 0, out: '' });
  rmSync(paths.configFile);
  rmSync(join(claudeFolder, 'projects'), { recursive: true });
  expect(await offered({ yes: true })).toEqual({ imported: null, calls: 0, out: '' });
});
