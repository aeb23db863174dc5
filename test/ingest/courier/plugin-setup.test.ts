import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TrackerError } from '../../../lib/base/errors.ts';
import { trackerPaths } from '../../../lib/base/paths.ts';
import { setupLog, startPluginSetup } from '../../../lib/ingest/courier/plugin-setup.ts';
import { put } from '../../install/fake-machine.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const NO_SQLITE = new TrackerError('E_NO_SQLITE', 'does not load', { hint: '' });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plugin-setup-'));
  put(join(folder, 'plugin/.claude-plugin/plugin.json'), '{}');
  // Shows that it ran, and in which home.
  const note = "process.argv[2] + ' ' + process.env.PATTERN_TRACKER_HOME";
  const text = `import { writeFileSync, renameSync } from 'node:fs';
    writeFileSync('${folder}/ran.tmp', ${note}); renameSync('${folder}/ran.tmp', '${folder}/ran');`;
  put(join(folder, 'plugin/dist/cli.mjs'), text);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const paths = () => trackerPaths(join(folder, 'home'));
const start = (error: unknown) =>
  startPluginSetup(error, {
    courier: join(folder, 'plugin/dist/courier.cjs'),
    paths: paths(),
    now: Date.now,
  });

describe('startPluginSetup', () => {
  it('runs `setup` of the plugin, and says where its output is', async () => {
    expect(start(NO_SQLITE)).toContain(setupLog(paths()));
    await expect.poll(() => existsSync(join(folder, 'ran'))).toBe(true);
  });

  it('runs it again after a day, not before', async () => {
    const log = setupLog(paths());
    mkdirSync(paths().logs, { recursive: true });
    writeFileSync(log, 'npm error\n');
    expect(start(NO_SQLITE)).toContain(log); // would run the first of two
    const yesterday = (Date.now() - DAY_MS - 1000) / 1000;
    utimesSync(log, yesterday, yesterday);
    rmSync(join(folder, 'plugin/dist/cli.mjs'));
    put(join(folder, 'plugin/dist/cli.mjs'), `import '../second.mjs';`);
    put(
      join(folder, 'plugin/second.mjs'),
      `import { writeFileSync } from 'node:fs';
      writeFileSync('${folder}/second', '');`,
    );
    start(NO_SQLITE);
    await expect.poll(() => existsSync(join(folder, 'second'))).toBe(true);
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });

  it('is not for another fault', () => {
    expect(start(new Error('disk full'))).toBeUndefined();
  });

  it('is not for an installation, which the installer mends', () => {
    rmSync(join(folder, 'plugin/.claude-plugin'), { recursive: true });
    expect(start(NO_SQLITE)).toBeUndefined();
  });
});
