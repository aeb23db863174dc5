import { renameSync, rmSync, utimesSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG_DEFAULTS } from '../../lib/config/config.ts';
import { ConfigWatch } from '../../lib/config/config-watch.ts';
import { ConfigFolder } from './config-folder.ts';

let folder: ConfigFolder;
let watch: ConfigWatch;
beforeEach(() => {
  folder = new ConfigFolder();
  watch = new ConfigWatch(folder.paths);
});
afterEach(() => folder.remove());

const timeout = () => watch.current.pattern_tracking.timeout;

describe('the configuration in force', () => {
  it('is the defaults before it is read, and without files', async () => {
    expect(watch.current).toEqual(CONFIG_DEFAULTS);
    expect(await watch.refresh()).toBe(true);
    expect([watch.current, watch.error]).toEqual([CONFIG_DEFAULTS, null]);
  });

  it('reads nothing again until a file has changed', async () => {
    folder.write('config', 'pattern_tracking: { timeout: 7 }\n');
    expect([await watch.refresh(), await watch.refresh(), timeout()]).toEqual([true, false, 7]);
  });

  it.each(['config', 'resilience', 'logging'] as const)('takes up a new %s.yaml', async (file) => {
    await watch.refresh();
    folder.write(file, file === 'config' ? 'logging: { level: warn }\n' : '{}\n');
    expect(await watch.refresh()).toBe(true);
    expect(watch.current.logging.level).toBe(file === 'config' ? 'warn' : 'info');
  });

  it('takes up a change of the same length, by its time', async () => {
    folder.write('config', 'pattern_tracking: { timeout: 7 }\n');
    await watch.refresh();
    folder.write('config', 'pattern_tracking: { timeout: 8 }\n');
    utimesSync(folder.paths.configFile, new Date(), new Date(Date.now() + 5_000));
    expect([await watch.refresh(), timeout()]).toEqual([true, 8]);
  });

  it('takes up a file that was put in the place of another', async () => {
    folder.write('config', 'pattern_tracking: { timeout: 7 }\n');
    await watch.refresh();
    folder.write('logging', 'pattern_tracking: { timeout: 8 }\n');
    renameSync(folder.paths.loggingFile, folder.paths.configFile);
    expect([await watch.refresh(), timeout()]).toEqual([true, 8]);
  });

  it('takes no file for empty that is just being written', async () => {
    folder.write('config', 'pattern_tracking: { timeout: 7 }\n');
    await watch.refresh();
    folder.write('config', '');
    expect([await watch.refresh(), timeout()]).toEqual([false, 7]);
    folder.write('config', 'pattern_tracking: { timeout: 8 }\n');
    expect([await watch.refresh(), timeout()]).toEqual([true, 8]);
    folder.write('config', '');
    expect([await watch.refresh(), await watch.refresh(), timeout()]).toEqual([false, true, 5]);
    expect(await watch.refresh()).toBe(false);
  });

  it('reads an empty file that is there from the start', async () => {
    folder.write('config', '');
    folder.write('logging', 'level: warn\n');
    expect([await watch.refresh(), watch.current.logging.level]).toEqual([true, 'warn']);
  });

  it('goes back to the defaults when the file is gone', async () => {
    folder.write('config', 'pattern_tracking: { timeout: 7 }\n');
    await watch.refresh();
    rmSync(folder.paths.configFile);
    expect([await watch.refresh(), timeout()]).toEqual([true, 5]);
  });

  it('stays with the last good one while a file is broken, and says what is wrong', async () => {
    folder.write('config', 'pattern_tracking: { timeout: 7, batch_size: 9 }\n');
    await watch.refresh();
    folder.write('config', 'pattern_tracking: { timeout: 3, batch_size: none }\n');
    expect(await watch.refresh()).toBe(true);
    expect(watch.current.pattern_tracking).toMatchObject({ timeout: 7, batch_size: 9 });
    expect(watch.error).toBe(
      `${folder.paths.configFile}:1:33: pattern_tracking.batch_size must be a number, not "none"`,
    );
    folder.write('config', 'pattern_tracking: { timeout: 3 }\n');
    await watch.refresh();
    expect([timeout(), watch.error]).toEqual([3, null]);
  });

  it('takes up what may be kept though another part is broken, and does not know it while that is wrong', async () => {
    folder.write('config', 'pattern_tracking: { timeout: 7 }\n');
    await watch.refresh();
    folder.write('config', 'capture: { prompts: false }\npattern_tracking: { timeout: none }\n');
    await watch.refresh();
    expect([watch.current.capture.prompts, timeout(), watch.policyError]).toEqual([false, 7, null]);
    folder.write('config', 'capture: { content: metdata }\n');
    await watch.refresh();
    expect(watch.policyError).toContain('capture.content');
    folder.write('config', 'capture: { content: metadata }\n');
    await watch.refresh();
    expect([watch.policyError, watch.current.capture.content]).toEqual([null, 'metadata']);
  });

  it('is what is right in the first file it sees, if that is broken', async () => {
    folder.write(
      'config',
      'api: { base_url: "http://127.0.0.1:9" }\npattern_tracking: { timeout: 3, batch_size: none }\n',
    );
    await watch.refresh();
    expect(watch.current).toEqual({
      ...CONFIG_DEFAULTS,
      api: { ...CONFIG_DEFAULTS.api, base_url: 'http://127.0.0.1:9' },
      pattern_tracking: { ...CONFIG_DEFAULTS.pattern_tracking, timeout: 3 },
    });
    expect(watch.error).not.toBeNull();
  });
});
