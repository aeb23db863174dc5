import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { CONFIG_DEFAULTS, configKeys, leaves } from '../../lib/config/config.ts';
import { problemText } from '../../lib/config/config-file.ts';
import { givenLayer, nested } from '../../lib/config/config-layer.ts';
import { ConfigFolder } from './config-folder.ts';

let folder: ConfigFolder;
beforeEach(() => (folder = new ConfigFolder()));
afterEach(() => folder.remove());

/** Another value than the default, that the schema takes. */
function otherValue(key: string): unknown {
  const value = new Map(leaves(CONFIG_DEFAULTS)).get(key);
  if (key === 'logging.level') return 'warn';
  if (key === 'patterns.id_scheme') return 'path200';
  if (key === 'capture.content') return 'code';
  if (key === 'transcripts') return 'off';
  if (key === 'context') return 'on';
  if (key === 'prices') return [{ model: 'claude-x*', input: 3, output: 15 }];
  if (key === 'capture.projects') return [{ path: '~/client', content: 'none' }];
  if (key === 'redaction.rules') return [{ name: 'ticket', pattern: 'TKT-[0-9]{6}' }];
  if (key === 'alerts.level') return 'high';
  if (key === 'alerts.mail.to') return ['ops@example.org'];
  if (key === 'alerts.mail.from') return 'tracker@example.org';
  if (key === 'alerts.mail.security') return 'tls';
  if (Array.isArray(value)) return ['*.secret'];
  if (key === 'otlp.protocol') return 'http/json';
  if (key === 'otlp.headers') return 'api-key=secret,x-team=core';
  if (key === 'resilience.circuit_breaker.slow_call_rate') return 0.5;
  if (key === 'retention.patterns_days') return 365;
  if (key.endsWith('_file')) return '/etc/tracker/file';
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  return 'https://example.org';
}

describe('the sources of the configuration', () => {
  it('gives every default where there is no file', () => {
    const loaded = folder.load();
    expect(loaded).toMatchObject({ config: CONFIG_DEFAULTS, error: null, problems: [] });
    expect([...loaded.origins.keys()]).toEqual(configKeys());
    expect(new Set(loaded.origins.values())).toEqual(new Set(['default']));
  });

  it.each(configKeys())('takes %s from config.yaml', (key) => {
    const value = otherValue(key);
    folder.write('config', stringify(nested(new Map([[key, value]]))));
    const loaded = folder.load();
    expect(loaded.error).toBeNull();
    expect(Object.fromEntries(leaves(loaded.config))).toEqual({
      ...Object.fromEntries(leaves(CONFIG_DEFAULTS)),
      [key]: value,
    });
    expect(Object.keys(folder.origins(loaded))).toEqual([key]);
  });

  it('lets what is given win over the environment, that over the other files, those over config.yaml', () => {
    const steps: { attempts: number; origin: RegExp | string }[] = [];
    const key = 'resilience.retry.max_attempts';
    const note = (sources = {}) => {
      const { config, origins } = folder.load(sources);
      steps.push({
        attempts: config.resilience.retry.max_attempts,
        origin: (origins.get(key) ?? '').replace(folder.folder, ''),
      });
    };
    note();
    folder.write('config', 'resilience:\n  retry:\n    max_attempts: 2\n');
    note();
    folder.write('resilience', 'retry:\n  max_attempts: 3\n');
    note();
    const env = { PATTERN_TRACKING_MAX_RETRIES: '4' };
    note({ env });
    note({ env, given: givenLayer({ [key]: 5, 'api.base_url': undefined }, 'an option') });
    expect(steps).toEqual([
      { attempts: 10, origin: 'default' },
      { attempts: 2, origin: '/config.yaml:3:5' },
      { attempts: 3, origin: '/resilience.yaml:2:3' },
      { attempts: 4, origin: 'PATTERN_TRACKING_MAX_RETRIES' },
      { attempts: 5, origin: 'an option' },
    ]);
  });

  it('tells beside it what a courier goes by, which reads the files alone', () => {
    folder.write('config', 'api: { base_url: https://file.example }\nunknown: 1\n');
    const env = { INTELLIGENCE_SERVICE_URL: 'https://env.example', PATTERN_TRACKER_TIMEOUT: 'no' };
    const { config, error, courier } = folder.load({ env });
    expect(config.api.base_url).toBe('https://env.example');
    expect(courier.config.api.base_url).toBe('https://file.example');
    expect(courier.error).toMatch(/unknown/);
    expect(courier.error).toBe(folder.load().error);
    expect(error).toContain(courier.error ?? '');
  });

  it('lets a file set some keys of a section and leaves the others to the next', () => {
    folder.write('config', 'logging: { level: debug, backup_count: 9 }\n');
    folder.write('logging', 'level: error\n');
    const { config, origins } = folder.load();
    expect(config.logging).toEqual({
      ...CONFIG_DEFAULTS.logging,
      level: 'error',
      backup_count: 9,
    });
    expect(origins.get('logging.backup_count')).toBe(`${folder.paths.configFile}:1:26`);
  });

  it('falls back to the file below where a value is wrong, and names that as its origin', () => {
    folder.write('config', 'logging: { backup_count: 9 }\n');
    folder.write('logging', 'backup_count: many\n');
    const loaded = folder.load();
    expect(loaded.config.logging.backup_count).toBe(9);
    expect(folder.origins(loaded)).toEqual({ 'logging.backup_count': 'config.yaml:1:12' });
    expect(loaded.error).not.toBeNull();
  });

  it.each([
    'circuit_breaker:\n  failure_threshold: 7\n',
    'resilience:\n  circuit_breaker:\n    failure_threshold: 7\n',
  ])('takes resilience.yaml with its section or without (%j)', (text) => {
    folder.write('resilience', text);
    const { config, error } = folder.load();
    expect(error).toBeNull();
    expect(config.resilience.circuit_breaker.failure_threshold).toBe(7);
  });

  it('takes logging.yaml with its section or without', () => {
    folder.write('logging', 'logging:\n  level: warn\n');
    expect(folder.load().config.logging.level).toBe('warn');
    folder.write('logging', 'level: error\n');
    expect(folder.load().config.logging.level).toBe('error');
  });

  it('takes older names, and warns of them', () => {
    folder.write(
      'config',
      'pattern_tracking:\n  intelligence_url: http://127.0.0.1:1\n  max_retries: 4\ncaching:\n  cache_ttl_seconds: 5\n',
    );
    const { config, warnings, error } = folder.load();
    expect(error).toBeNull();
    expect(config.api.base_url).toBe('http://127.0.0.1:1');
    expect(config.resilience.retry.max_attempts).toBe(4);
    expect(config.pattern_tracking.cache_ttl).toBe(5);
    expect(folder.told(warnings)).toEqual([
      'config.yaml:2:3 pattern_tracking.intelligence_url is an older name | Write api.base_url instead.',
      'config.yaml:3:3 pattern_tracking.max_retries is an older name | Write resilience.retry.max_attempts instead.',
      'config.yaml:5:3 caching.cache_ttl_seconds is an older name | Write pattern_tracking.cache_ttl instead.',
    ]);
  });

  it.each(['off', 'no', 'false', 'Off'])('takes %s for a switch of either kind', (word) => {
    folder.write(
      'config',
      `capture: { prompts: ${word} }\ncontext: ${word}\ntranscripts: ${word}\n`,
    );
    const { config, error } = folder.load();
    expect(error).toBeNull();
    expect([config.capture.prompts, config.context, config.transcripts]).toEqual([
      false,
      'off',
      'off',
    ]);
  });

  it('takes anchors, for a value and for a section', () => {
    folder.write(
      'config',
      'pattern_tracking: { timeout: &t 7, cache_ttl: *t }\nresilience:\n  retry: &r { max_delay: *t }\n',
    );
    const { config, error } = folder.load();
    expect(error).toBeNull();
    expect(config.pattern_tracking.cache_ttl).toBe(7);
    expect(config.resilience.retry.max_delay).toBe(7);
    folder.write('resilience', 'circuit_breaker: &b\n  permit_seconds: 5\nretry: *b\n');
    expect(folder.told(folder.load().problems)).toEqual([
      'resilience.yaml:2:3 resilience.retry.permit_seconds is not known | Did you mean resilience.circuit_breaker.permit_seconds?',
    ]);
  });
});

describe('files that set nothing', () => {
  it.each([
    ['empty', ''],
    ['comments', '# api:\n#   base_url: x\n'],
    ['a document without content', '---\n...\n'],
    ['a key with nothing behind it', 'api:\n  base_url:\nlogging:\n'],
    ['an explicit null', 'api: { token: null }\n'],
    ['an empty section', 'api: {}\n'],
    ['a byte order mark', '\u{feff}'],
  ])('%s', (_, text) => {
    folder.write('config', text);
    const loaded = folder.load();
    expect(folder.told(loaded.problems)).toEqual([]);
    expect(loaded.config).toEqual(CONFIG_DEFAULTS);
    expect(folder.origins(loaded)).toEqual({});
  });
});

describe('what is wrong with a file', () => {
  it.each([
    ['a list at top level', '- a\n', 'config.yaml it holds no keys'],
    ['a text', 'hello\n', 'config.yaml it holds no keys'],
    ['tabs', 'api:\n\ttoken: x\n', 'config.yaml:2:1 Tabs are not allowed as indentation'],
    ['a key twice', 'api: {}\napi: {}\n', 'config.yaml:2:1 Map keys must be unique'],
    ['two documents', 'api: {}\n---\napi: {}\n', 'config.yaml:2:1 it holds more than one document'],
    ['a section with a value', 'api: 5\n', 'config.yaml:1:1 api must hold keys, not a value'],
    ['a section with a list', 'api: [1]\n', 'config.yaml:1:1 api must hold keys, not a value'],
    [
      'an anchor that does not exist',
      'api: { base_url: *x }\n',
      'config.yaml:1:8 api.base_url refers to an anchor that does not exist',
    ],
    [
      'a near miss',
      'resilience:\n  circuit_breaker:\n    failure_treshold: 3\n',
      'config.yaml:3:5 resilience.circuit_breaker.failure_treshold is not known | Did you mean resilience.circuit_breaker.failure_threshold?',
    ],
    [
      'a section that is nearly one, once',
      'resilience:\n  circuit_braker:\n    failure_threshold: 3\n    recovery_timeout: 3\n',
      'config.yaml:2:3 resilience.circuit_braker is not known | Did you mean resilience.circuit_breaker?',
    ],
    [
      'a top section that is nearly one',
      'loging:\n  level: debug\n',
      'config.yaml:1:1 loging is not known | Did you mean logging?',
    ],
    [
      'a key in another section',
      'pattern_tracking:\n  base_url: http://127.0.0.1:1\n',
      'config.yaml:2:3 pattern_tracking.base_url is not known | Did you mean api.base_url?',
    ],
    [
      'a key above its section',
      'timeout: 5\n',
      'config.yaml:1:1 timeout is not known | Did you mean pattern_tracking.timeout?',
    ],
    [
      'a name that two sections might have',
      'resilience:\n  max: 5\n',
      'config.yaml:2:3 resilience.max is not known',
    ],
    ['a name like none', 'zzz: 1\n', 'config.yaml:1:1 zzz is not known'],
    ['a name every object has', 'constructor: 1\n', 'config.yaml:1:1 constructor is not known'],
    ['__proto__', '__proto__: { a: 1 }\n', 'config.yaml:1:1 __proto__ is not known'],
    [
      'a section without a meaning, once',
      'enforcement:\n  mode: strict\n  level: 3\n',
      'config.yaml:1:1 enforcement is not known | It has no meaning here: nothing here judges or blocks what Claude does.',
    ],
    [
      'a section without a meaning that has one key with one',
      'caching: { api_response_cache_size: 5, other: 1 }\n',
      'config.yaml:1:40 caching.other is not known | It has no meaning here: see pattern_tracking.cache_size and cache_ttl.',
    ],
    [
      'a key without a meaning in a section that has one',
      'pattern_tracking:\n  fail_gracefully: true\n',
      'config.yaml:2:3 pattern_tracking.fail_gracefully is not known | It has no meaning here: the tracker always does.',
    ],
    [
      'a log file',
      'logging: { file: /var/log/pattern-tracker.log }\n',
      'config.yaml:1:12 logging.file is not known | It has no meaning here: the log is data/logs/tracker.log.',
    ],
    [
      'a text for a number',
      'pattern_tracking: { timeout: "5" }\n',
      'config.yaml:1:21 pattern_tracking.timeout must be a number, not "5"',
    ],
    [
      'a fraction',
      'pattern_tracking: { batch_size: 1.5 }\n',
      'config.yaml:1:21 pattern_tracking.batch_size must be a whole number, not 1.5',
    ],
    [
      'infinity',
      'pattern_tracking: { timeout: .inf }\n',
      'config.yaml:1:21 pattern_tracking.timeout must be a number, not Infinity',
    ],
    [
      'too small',
      'pattern_tracking: { batch_size: 0 }\n',
      'config.yaml:1:21 pattern_tracking.batch_size must be at least 1, not 0',
    ],
    [
      'not positive',
      'pattern_tracking: { timeout: 0 }\n',
      'config.yaml:1:21 pattern_tracking.timeout must be more than 0, not 0',
    ],
    [
      'too large',
      'pattern_tracking: { batch_size: 1001 }\n',
      'config.yaml:1:21 pattern_tracking.batch_size must be at most 1000, not 1001',
    ],
    [
      'not one of its values',
      'logging: { level: loud }\n',
      'config.yaml:1:12 logging.level must be one of debug, info, warn, error, silent, not "loud"',
    ],
    [
      'a word for a boolean',
      'pattern_tracking: { enabled: maybe }\n',
      'config.yaml:1:21 pattern_tracking.enabled must be a boolean, not "maybe"',
    ],
    [
      'an empty text',
      'api: { proxy: "" }\n',
      'config.yaml:1:8 api.proxy must not be empty, not ""',
    ],
    [
      'a server without its protocol',
      'api: { base_url: "localhost:8053" }\n',
      'config.yaml:1:8 api.base_url must be a URL that begins with http:// or https://, not "localhost:8053"',
    ],
    [
      'a server with a password, which is not shown',
      'api: { base_url: "https://me:hunter2@tracker.example.com" }\n',
      'config.yaml:1:8 api.base_url must hold no password: use api.token, not "https://(set)@tracker.example.com"',
    ],
    [
      'a server of another protocol with a password, which is not shown',
      'api: { base_url: "ftp://me:hunter2@tracker.example.com" }\n',
      'config.yaml:1:8 api.base_url must be a URL that begins with http:// or https://, not "ftp://(set)@tracker.example.com"',
    ],
    [
      'a list for a text',
      'api: { base_url: [1, 2] }\n',
      'config.yaml:1:8 api.base_url must be a string, not a list',
    ],
    [
      'a text for a list',
      'capture: { exclude_paths: .env }\n',
      'config.yaml:1:12 capture.exclude_paths must be a list, not ".env"',
    ],
    [
      'a number in a list of texts',
      "capture: { exclude_tools: ['a', 2] }\n",
      'config.yaml:1:33 capture.exclude_tools item 2: must be a string, not 2',
    ],
    [
      'a wrong value in a list of keys',
      'capture: { projects: [{ path: ~/a, content: nothing }] }\n',
      'config.yaml:1:23 capture.projects item 1: content: must be one of full, code, metadata, none, not "nothing"',
    ],
    [
      'a list with a key that is not known',
      'capture: { projects: [{ path: ~/a, content: none, x: 1 }] }\n',
      'config.yaml:1:23 capture.projects item 1: must not hold x',
    ],
    [
      'a list within a list',
      'capture: { exclude_paths: [[a]] }\n',
      'config.yaml:1:28 capture.exclude_paths item 1: must be a string, not a list',
    ],
    [
      'keys for a text',
      'api: { base_url: { a: 1 } }\n',
      'config.yaml:1:8 api.base_url must be a string, not keys',
    ],
  ])('names place, key and expectation: %s', (_, text, told) => {
    folder.write('config', text);
    const loaded = folder.load();
    expect(folder.told(loaded.problems)).toEqual([told]);
    expect(loaded.error).toBe(loaded.problems.map(problemText).join('; '));
  });

  it('tells of all that is wrong at once, in every source', () => {
    folder.write(
      'config',
      'api:\n  bas_url: x\npattern_tracking:\n  timeout: soon\n  batch_size: 0\n',
    );
    folder.write('resilience', 'retry:\n  max_delay: -1\n');
    folder.write('logging', 'levle: debug\n');
    const env = { PATTERN_TRACKING_CACHE_TTL: 'long', PATTERN_TRACKER_LOG_LEVEL: 'all' };
    const { problems, config, error } = folder.load({ env });
    expect(folder.told(problems)).toEqual([
      'config.yaml:2:3 api.bas_url is not known | Did you mean api.base_url?',
      'config.yaml:4:3 pattern_tracking.timeout must be a number, not "soon"',
      'config.yaml:5:3 pattern_tracking.batch_size must be at least 1, not 0',
      'resilience.yaml:2:3 resilience.retry.max_delay must be more than 0, not -1',
      'logging.yaml:1:1 logging.levle is not known | Did you mean logging.level?',
      'PATTERN_TRACKING_CACHE_TTL pattern_tracking.cache_ttl must be a number, not "long"',
      'PATTERN_TRACKER_LOG_LEVEL logging.level must be one of debug, info, warn, error, silent, not "all"',
    ]);
    expect(config).toEqual(CONFIG_DEFAULTS);
    expect(error?.split('; ')).toHaveLength(7);
  });

  it('never shows a token', () => {
    folder.write('config', 'api: { token: 8142733912 }\n');
    const { problems, error } = folder.load();
    expect(folder.told(problems)).toEqual(['config.yaml:1:8 api.token must be a string']);
    expect(error).not.toContain('8142');
  });

  it.each([
    'api:\n  token: |hunter2\n',
    'api:\n  token: "hunter2" hunter2\n',
    "api:\n  token: 'hunter2\n",
    'api:\n  token: @hunter2\n',
    'api:\n  token: hunter2: hunter2\n',
    'api:\n  token: *hunter2\n',
    'api: { token: hunter2]\n',
    '} hunter2\n',
  ])('shows nothing of a file that is no YAML (%j)', (text) => {
    folder.write('config', text);
    const { error } = folder.load();
    expect(error).toMatch(/config\.yaml:\d+:\d+: \w/);
    expect(error).not.toContain('hunter2');
  });

  it.skipIf(process.platform === 'win32')('warns of a token that others can read', () => {
    folder.write('config', 'api: { token: hunter2 }\n');
    chmodSync(folder.paths.configFile, 0o640);
    const { warnings, error, config } = folder.load();
    expect([error, config.api.token]).toEqual([null, 'hunter2']);
    expect(folder.told(warnings)).toEqual([
      `config.yaml:1:8 api.token can be read by other users | Run: chmod 600 ${folder.paths.configFile}`,
    ]);
    chmodSync(folder.paths.configFile, 0o600);
    expect(folder.load().warnings).toEqual([]);
    folder.write('config', 'api: { token_file: /hunter2 }\n');
    chmodSync(folder.paths.configFile, 0o644);
    expect(folder.load().warnings).toEqual([]);
  });

  it('says so where a file can not be read', () => {
    mkdirSync(folder.paths.configFile);
    expect(folder.told(folder.load().problems)).toEqual(['config.yaml it is a folder, not a file']);
  });

  it('does not wait for what a FIFO in its place may say', () => {
    for (const file of [folder.paths.configFile, folder.paths.resilienceFile]) {
      execFileSync('mkfifo', [file]);
    }
    expect(folder.told(folder.load().problems)).toEqual([
      'config.yaml it is a FIFO, not a file',
      'resilience.yaml it is a FIFO, not a file',
    ]);
  });

  it('takes what is good of a file whose other values are wrong', () => {
    folder.write('config', 'pattern_tracking:\n  timeout: soon\n  batch_size: 7\n');
    expect(folder.load().config.pattern_tracking).toMatchObject({ timeout: 5, batch_size: 7 });
  });
});

describe('large and hostile files', () => {
  it('reads a megabyte of comments', () => {
    folder.write('config', `${'# a comment\n'.repeat(90_000)}pattern_tracking:\n  timeout: 7\n`);
    expect(folder.load()).toMatchObject({
      error: null,
      config: { pattern_tracking: { timeout: 7 } },
    });
  });

  it('tells of the first hundred problems of a megabyte that another program wrote', () => {
    const items = Array.from({ length: 2_000 }, (_, n) => `key_${n}: ${'x'.repeat(500)}\n`);
    writeFileSync(folder.paths.configFile, items.join(''));
    const { problems, error } = folder.load();
    expect(problems).toHaveLength(100);
    expect(error?.length).toBeLessThan(50_000);
  });

  it('cuts a name or a value of a megabyte', () => {
    const long = 'y'.repeat(1_000_000);
    folder.write('config', `? ${long}\n: 1\nlogging: { level: ${long} }\n`);
    const { problems, error } = folder.load();
    expect(problems).toHaveLength(2);
    expect(error?.length).toBeLessThan(1_000);
  });

  it.each(['[', '{', '[a,', '- ', '? ', ': ', 'a: ', '- - [ ', 'a: [\n'])(
    'parses nothing that nests without end: %j',
    (begin) => {
      folder.write('config', begin.repeat(100_000));
      expect(folder.told(folder.load().problems)).toEqual([
        expect.stringMatching(/^config\.yaml:\d+ it is nested too deep$/),
      ]);
    },
  );

  it('parses nothing that nests without end by its indentation', () => {
    const lines = Array.from({ length: 2_000 }, (_, n) => `${' '.repeat(n)}a:\n`);
    folder.write('config', lines.join(''));
    expect(folder.told(folder.load().problems)).toEqual(['config.yaml:258 it is nested too deep']);
  });

  it.each(['[]', '!a ', '&a ', '"', 'a: b\n', '-\n', '? a\n', '<<: *a\n', '\n', '# c\n'])(
    'parses nothing that has words and marks without end: %j',
    (word) => {
      folder.write('config', word.repeat(400_000));
      expect(folder.told(folder.load().problems)).toEqual([
        expect.stringMatching(/^config\.yaml:\d+ it has too many words and marks$/),
      ]);
    },
  );

  it('reads no file that is longer than any configuration', () => {
    folder.write('config', ' '.repeat(5_000_000));
    expect(folder.told(folder.load().problems)).toEqual([
      expect.stringMatching(/^config\.yaml it holds more than 4194304 bytes/),
    ]);
  });

  it('does not expand anchors within anchors', () => {
    const levels = Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]\n`);
    folder.write('config', `a0: &a0 x\n${levels.join('')}api: { base_url: *a30 }\n`);
    expect(folder.told(folder.load().problems).at(-1)).toMatch(
      /api\.base_url must be a string, not a list$/,
    );
  });

  it('follows no anchor into itself', () => {
    folder.write('config', 'api: &a { base_url: *a }\n');
    expect(folder.told(folder.load().problems)).toEqual([
      'config.yaml:1:11 api.base_url must be a string, not keys',
    ]);
  });
});

it.each(['tokens/mine', '~/token', './ca.pem'])(
  'takes only the absolute path of a file, not %s',
  (path) => {
    const folder = new ConfigFolder();
    try {
      folder.write('config', `api:\n  token_file: ${path}\n`);
      expect(folder.load().problems).toMatchObject([
        { key: 'api.token_file', message: `must be an absolute path, not "${path}"` },
      ]);
    } finally {
      folder.remove();
    }
  },
);
