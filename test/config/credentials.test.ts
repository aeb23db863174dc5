// Which credentials go to which server: a credential belongs to the address that the same source names.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../lib/config/config-file.ts';
import { givenLayer } from '../../lib/config/config-layer.ts';
import { isSameServer, serverAddress } from '../../lib/config/server-address.ts';
import { ConfigFolder } from './config-folder.ts';

let folder: ConfigFolder;
beforeEach(() => (folder = new ConfigFolder()));
afterEach(() => folder.remove());

const OWN = 'https://own.example';
const OTHER = 'https://other.example';
const load = (sources: Parameters<typeof loadConfig>[1]) => loadConfig(folder.paths, sources);

describe('credentials in the files', () => {
  beforeEach(() => {
    folder.write(
      'config',
      `api: { base_url: '${OWN}', token: mine, allow_insecure: true }\notlp: { endpoint: '${OWN}', headers: a=b, token_file: /t, allow_insecure: true }\n`,
    );
  });

  it('go to the server in the files', () => {
    const { config, problems, warnings } = load({ env: {} });
    expect(config.api).toMatchObject({ base_url: OWN, token: 'mine', allow_insecure: true });
    expect(config.otlp).toMatchObject({ endpoint: OWN, headers: 'a=b', token_file: '/t' });
    expect([problems, warnings.map(({ message }) => message)]).toEqual([
      [],
      ['can be read by other users', 'can be read by other users'],
    ]);
  });

  it('go to no server that a variable names, and config check says so', () => {
    const { config, problems, warnings, courier } = load({
      env: { INTELLIGENCE_SERVICE_URL: OTHER },
    });
    expect(config.api).toMatchObject({ base_url: OTHER, token: null, allow_insecure: false });
    expect(config.otlp).toMatchObject({ endpoint: OWN, headers: 'a=b', token_file: '/t' });
    expect(problems).toEqual([]);
    expect(warnings).toContainEqual(
      expect.objectContaining({
        key: 'api.token',
        message: 'is not sent to the server that INTELLIGENCE_SERVICE_URL names',
      }),
    );
    expect(courier.config.api).toMatchObject({ base_url: OWN, token: 'mine' });
  });

  it('go to no server that a program names', () => {
    const given = givenLayer({ 'api.base_url': OTHER, 'otlp.endpoint': OTHER }, 'the program');
    const { config } = load({ given });
    expect(config.api).toMatchObject({ base_url: OTHER, token: null });
    expect(config.otlp).toMatchObject({ endpoint: OTHER, headers: null, token_file: null });
    expect(config.otlp.allow_insecure).toBe(false);
  });

  it.each([`${OWN}/`, `${OWN}/api/pattern-traceability`, 'HTTPS://OWN.example:443'])(
    'go to the same server when a variable spells it %s',
    (url) => {
      expect(load({ env: { INTELLIGENCE_SERVICE_URL: url } }).config.api.token).toBe('mine');
    },
  );

  it.each([`${OWN}.evil.example`, `${OWN}:444`, 'http://own.example', `${OWN}/other`])(
    'do not go to %s, which only looks like it',
    (url) => {
      expect(load({ env: { INTELLIGENCE_SERVICE_URL: url } }).config.api.token).toBeNull();
    },
  );
});

describe('a token in the environment', () => {
  const env = { PATTERN_TRACKER_TOKEN: 'theirs' };

  it('goes to the server that the environment names', () => {
    const { config, problems } = load({ env: { ...env, INTELLIGENCE_SERVICE_URL: OTHER } });
    expect([config.api.base_url, config.api.token, problems]).toEqual([OTHER, 'theirs', []]);
  });

  it('takes the place of no other, because it would credit what is sent to somebody else', () => {
    folder.write('config', `api: { base_url: '${OWN}', token: mine }\n`);
    const { config, problems } = load({ env });
    expect(config.api).toMatchObject({ base_url: OWN, token: 'mine' });
    expect(problems).toEqual([
      expect.objectContaining({
        where: 'PATTERN_TRACKER_TOKEN',
        message: expect.stringMatching(/^is for no server: api\.base_url comes from /) as string,
      }),
    ]);
    expect(JSON.stringify(problems)).not.toContain('theirs');
  });
});

describe('inside a Claude Code session', () => {
  const env = { INTELLIGENCE_SERVICE_URL: OTHER, PATTERN_TRACKING_TIMEOUT: '0.01' };

  it.each([{ CLAUDECODE: '1' }, { CLAUDECODE: '' }, { CLAUDE_CODE_ENTRYPOINT: 'cli' }])(
    'as %o tells, no variable sets a key, and a warning says so',
    (session) => {
      folder.write('config', `api: { base_url: '${OWN}' }\n`);
      const { config, refused, warnings } = load({ env: { ...env, ...session } });
      expect([config.api.base_url, config.pattern_tracking.timeout]).toEqual([OWN, 5]);
      expect(refused).toEqual(['INTELLIGENCE_SERVICE_URL']);
      expect(warnings.map(({ where }) => where)).toEqual(Object.keys(env));
    },
  );

  it('they do where the caller allows it', () => {
    const { config, refused } = load({ env: { ...env, CLAUDECODE: '1' }, allowsEnv: true });
    expect([config.api.base_url, config.pattern_tracking.timeout, refused]).toEqual([
      OTHER,
      0.01,
      [],
    ]);
  });

  it('nothing is refused that would change nothing', () => {
    const session = { INTELLIGENCE_SERVICE_URL: `${OWN}/`, CLAUDECODE: '1' };
    folder.write('config', `api: { base_url: '${OWN}' }\n`);
    expect(load({ env: session }).refused).toEqual([]);
    const given = givenLayer({ 'api.base_url': 'https://third.example' }, 'the program');
    expect(load({ env: { ...env, CLAUDECODE: '1' }, given }).refused).toEqual([]);
  });
});

it('spells every address in one way', () => {
  expect(serverAddress('HTTP://Host.example:80/a/')).toBe('http://host.example/a');
  expect(serverAddress('https://h/v1/traces')).toBe('https://h');
  expect(serverAddress('nowhere')).toBe('nowhere');
  expect([isSameServer(null, null), isSameServer(null, 'https://h')]).toEqual([true, false]);
});
