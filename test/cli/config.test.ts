import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configKeys, leaves, CONFIG_DEFAULTS } from '../../lib/config/config.ts';
import { listConfigBackups, newestGoodBackup } from '../../lib/config/config-backup.ts';
import { TOKEN } from './delivery-sample.ts';
import { Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

let sample: Sample;
beforeEach(() => {
  sample = new Sample();
  mkdirSync(dirname(sample.paths.configFile), { recursive: true });
});
afterEach(() => sample.remove());

const write = (text: string) => writeFileSync(sample.paths.configFile, text);

/** A run, the throwaway folder named `~`. */
async function config(argv: string, env: Record<string, string> = {}) {
  const { exitCode, out, err } = await run(sample, `config ${argv}`, { env });
  const short = (text: string) => text.replaceAll(sample.folder, '~');
  return { exitCode, out: short(out), err: short(err) };
}

async function json<T = Record<string, unknown>>(argv: string, env = {}): Promise<T> {
  return JSON.parse((await config(`${argv} --json`, env)).out) as T;
}

describe('config show', () => {
  it('shows every key with its value', async () => {
    const { exitCode, out } = await config('');
    expect(exitCode).toBe(0);
    const lines = out.trimEnd().split('\n').slice(1);
    expect(lines.map((line) => line.split(/ +/))).toEqual(
      leaves(CONFIG_DEFAULTS).map(([key, value]) => [
        key,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    );
  });

  it('says where each value comes from', async () => {
    write('pattern_tracking:\n  timeout: 7\n');
    const { out } = await config('show --origin', { PATTERN_TRACKING_CACHE_SIZE: '9' });
    expect(out).toMatch(/^KEY +VALUE +ORIGIN\n/);
    expect(out).toMatch(/^pattern_tracking\.timeout +7 +~\/\.claude\/hooks\/config\.yaml:2:3$/m);
    expect(out).toMatch(/^pattern_tracking\.cache_size +9 +PATTERN_TRACKING_CACHE_SIZE$/m);
    expect(out).toMatch(/^pattern_tracking\.enabled +true +default$/m);
  });

  it('prints for programs {KEY: {value, origin}}', async () => {
    write('api: { base_url: "http://127.0.0.1:9" }\n');
    const shown = await json('show');
    expect(Object.keys(shown)).toEqual(configKeys());
    expect(shown['api.base_url']).toEqual({
      value: 'http://127.0.0.1:9',
      origin: '~/.claude/hooks/config.yaml:1:8',
    });
    expect(shown['resilience.retry.max_delay']).toEqual({ value: 300, origin: 'default' });
  });

  it('shows the default, and that it is one, in place of a wrong value', async () => {
    write('pattern_tracking:\n  timeout: soon\n');
    expect((await config('show')).err).toBe('1 problem: see `pattern-tracker config check`.\n');
    expect((await json('show'))['pattern_tracking.timeout']).toEqual({
      value: 5,
      origin: 'default',
    });
  });
});

describe('config check', () => {
  it('is content without a file, and with a good one', async () => {
    expect(await config('check')).toEqual({
      exitCode: 0,
      out: 'No file at ~/.claude/hooks/config.yaml: all is well.\n',
      err: '',
    });
    write('api: { base_url: "http://127.0.0.1:9" }\n');
    expect(await config('check')).toMatchObject({
      exitCode: 0,
      out: '~/.claude/hooks/config.yaml: all is well.\n',
    });
  });

  it('says what is wrong with the files and the environment', async () => {
    write('api:\n  bas_url: x\npattern_tracking:\n  max_retries: 3\n');
    expect(await config('check', { PATTERN_TRACKING_TIMEOUT: 'long' })).toEqual({
      exitCode: 1,
      out: `✗ ~/.claude/hooks/config.yaml:2:3: api.bas_url is not known
  Did you mean api.base_url?
✗ PATTERN_TRACKING_TIMEOUT: pattern_tracking.timeout must be a number, not "long"
! ~/.claude/hooks/config.yaml:4:3: pattern_tracking.max_retries is an older name
  Write resilience.retry.max_attempts instead.
`,
      err: '',
    });
  });

  it('prints for programs {ok, problems, warnings}', async () => {
    write('api:\n  bas_url: x\n');
    expect(await json('check')).toEqual({
      ok: false,
      problems: [
        {
          where: '~/.claude/hooks/config.yaml:2:3',
          key: 'api.bas_url',
          message: 'is not known',
          hint: 'Did you mean api.base_url?',
        },
      ],
      warnings: [],
    });
    write('');
    expect(await json('check')).toEqual({ ok: true, problems: [], warnings: [] });
  });

  it('is content with what is only named in an older way', async () => {
    write('pattern_tracking:\n  max_retries: 3\n');
    const { exitCode, out } = await config('check');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^! .*\n.*\n.*all is well\.\n$/);
  });
});

describe('config diff', () => {
  it('ends with 1 where something differs from the defaults, and shows it', async () => {
    expect(await config('diff')).toMatchObject({
      exitCode: 0,
      out: 'Nothing differs from the defaults.\n',
    });
    write('pattern_tracking: { timeout: 7, batch_size: 50 }\n');
    const { exitCode, out } = await config('diff');
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^KEY +VALUE +DEFAULT\npattern_tracking\.timeout +7 +5 *\n$/);
    expect(await json('diff')).toEqual([{ key: 'pattern_tracking.timeout', value: 7, other: 5 }]);
  });

  it('compares with a backup', async () => {
    write('pattern_tracking: { timeout: 7 }\n');
    await config('backup');
    expect(await config('diff --backup 20261124-120000')).toMatchObject({ exitCode: 0 });
    write('pattern_tracking: { timeout: 8 }\n');
    expect(await json('diff --backup 20261124-120000')).toEqual([
      { key: 'pattern_tracking.timeout', value: 8, other: 7 },
    ]);
    expect((await config('diff --backup 2020')).err).toBe(
      'error: there is no backup "2020"\n  Backups: 20261124-120000.\n',
    );
  });
});

describe('config backup and restore', () => {
  it('puts back what was, and keeps what was there instead', async () => {
    write('pattern_tracking: { timeout: 7 }\n');
    expect(await json('backup')).toEqual({
      name: '20261124-120000',
      files: ['~/.claude/hooks/config.yaml'],
    });
    write('pattern_tracking: { timeout: 8 }\n');
    const { exitCode, out } = await config('restore 20261124-120000');
    expect([exitCode, out]).toEqual([
      0,
      'Restored config.yaml from 20261124-120000. The previous files are kept as 20261124-120000-2.\n',
    ]);
    expect(readFileSync(sample.paths.configFile, 'utf8')).toBe(
      'pattern_tracking: { timeout: 7 }\n',
    );
  });

  it('restores the newest where none is named', async () => {
    write('pattern_tracking: { timeout: 7 }\n');
    await config('backup');
    write('pattern_tracking: { timeout: 8 }\n');
    expect((await config('backup')).out).toBe('Backed up 1 file as 20261124-120000-2.\n');
    write('');
    expect(await json('restore')).toEqual({
      name: '20261124-120000-2',
      files: ['~/.claude/hooks/config.yaml'],
    });
    expect((await json('show'))['pattern_tracking.timeout']).toMatchObject({ value: 8 });
  });

  it('checks a backup before anything is changed', async () => {
    write('api: [broken\n');
    await config('backup');
    write('pattern_tracking: { timeout: 8 }\n');
    const { exitCode, err } = await config('restore');
    expect(exitCode).toBe(2);
    expect(err).toMatch(
      /^error: the backup is broken: .*config\.yaml:\d+:\d+: .*\n {2}Nothing was changed\.\n$/,
    );
    expect(readFileSync(sample.paths.configFile, 'utf8')).toBe(
      'pattern_tracking: { timeout: 8 }\n',
    );
    expect(listConfigBackups(sample.paths)).toHaveLength(1);
  });

  it('says so where there is nothing to do', async () => {
    expect(await config('backup')).toMatchObject({
      exitCode: 0,
      out: 'Nothing to back up: there is no file at ~/.claude/hooks/config.yaml, so the defaults are in force.\n',
      err: '',
    });
    expect(JSON.parse((await config('backup --json')).out)).toEqual({ name: null, files: [] });
    expect((await config('restore')).err).toBe(
      'error: there is no backup\n  Make one with `pattern-tracker config backup`.\n',
    );
    expect(existsSync(sample.paths.configBackups)).toBe(false);
  });

  it('knows the newest backup of a valid configuration', async () => {
    write('api: {}\n');
    await config('backup');
    const [good] = listConfigBackups(sample.paths);
    write('api: { base_url: 7 }\n');
    const broken = await config('backup');
    expect(broken).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(/^Backed up 1 file as /),
    });
    expect(broken.err).toMatch(
      /^The configuration is broken: .*api\.base_url .*\n {2}`config restore` without a name/s,
    );
    expect(listConfigBackups(sample.paths)).toHaveLength(2);
    expect(newestGoodBackup(sample.paths)?.name).toBe(good?.name);
  });

  it.each(['..', '../../x', '.', 'constructor'])('takes no path for a name: %s', async (name) => {
    write('api: {}\n');
    await config('backup');
    expect(await config(`restore ${name}`)).toMatchObject({ exitCode: 2, out: '' });
  });
});

describe('config schema', () => {
  it('is JSON Schema that knows every key, and no others', async () => {
    interface Schema {
      readonly properties?: Readonly<Record<string, Schema>>;
      readonly additionalProperties?: boolean;
      readonly description?: string;
    }
    const named = (schema: Schema, path = ''): string[] =>
      Object.entries(schema.properties ?? {}).flatMap(([name, inner]) =>
        inner.properties ? named(inner, `${path}${name}.`) : [path + name],
      );
    const schema = JSON.parse((await config('schema')).out) as Schema & { $schema: string };
    expect(schema.$schema).toMatch(/json-schema\.org/);
    expect(named(schema)).toEqual(configKeys());
    expect(schema.additionalProperties).toBe(false);
    expect(schema).not.toHaveProperty('required');
  });
});

describe('secrets', () => {
  it.each(['show', 'show --json', 'show --origin', 'check', 'check --json', 'diff', 'diff --json'])(
    'are not printed by config %s',
    async (argv) => {
      write(`api: { token: ${TOKEN}, proxy: "http://me:${TOKEN}@127.0.0.1:8" }\n`);
      const { out, err } = await config(argv);
      expect(out + err).not.toContain(TOKEN);
      expect(out + err).not.toBe('');
    },
  );

  it('are not printed where they are wrong', async () => {
    write('api: { token: 8142733912 }\n');
    for (const argv of ['check', 'check --json', 'show --json']) {
      expect((await config(argv)).out).not.toContain('8142');
    }
  });

  it('are said to differ, where they do', async () => {
    write(`api: { token: ${TOKEN} }\n`);
    await config('backup');
    expect(await json('diff --backup 20261124-120000')).toEqual([]);
    expect(await json('diff --backup 20261124-120000', { PATTERN_TRACKER_TOKEN: 'x' })).toEqual([
      { key: 'api.token', value: '(set)', other: '(set)' },
    ]);
  });

  it('are said to be set', async () => {
    const shown = await json('show', { PATTERN_TRACKER_TOKEN: TOKEN });
    expect(shown['api.token']).toEqual({ value: '(set)', origin: 'PATTERN_TRACKER_TOKEN' });
    write(`api: { proxy: "http://me:${TOKEN}@127.0.0.1:8" }\n`);
    expect((await json('show'))['api.proxy']).toMatchObject({
      value: 'http://(set)@127.0.0.1:8',
    });
    write(`api: { proxy: "me:${TOKEN}@127.0.0.1:8", ca_file: "/home/me@work/ca.pem" }\n`);
    const { 'api.proxy': proxy, 'api.ca_file': caFile } = await json('show');
    expect([proxy, caFile]).toMatchObject([
      { value: '(set)@127.0.0.1:8' },
      { value: '/home/me@work/ca.pem' },
    ]);
  });
});

it('names the nearest action', async () => {
  expect((await config('chek')).err).toBe(
    'error: unknown action "chek"\n  Did you mean `config check`?\n',
  );
});
