import { describe, expect, it } from 'vitest';
import { ENVIRONMENT_KEYS } from '../../lib/config/config-names.ts';
import { configKeys } from '../../lib/config/config.ts';
import { givenLayer, readEnvironmentLayer } from '../../lib/config/config-layer.ts';

describe('the environment', () => {
  it.each(Object.entries(ENVIRONMENT_KEYS))('sets a key with %s', (name, { key, kind }) => {
    expect(configKeys()).toContain(key);
    const texts: Readonly<Record<string, string>> = {
      'api.base_url': 'http://127.0.0.1:1',
      'logging.level': 'warn',
    };
    const text = kind === 'boolean' ? 'off' : (texts[key] ?? '17');
    const value = kind === 'boolean' ? false : kind === 'number' ? 17 : text;
    const { values, origins, problems } = readEnvironmentLayer({ [name]: text });
    expect([...values]).toEqual([[key, value]]);
    expect([...origins]).toEqual([[key, name]]);
    expect(problems).toEqual([]);
  });

  it.each(Object.entries(ENVIRONMENT_KEYS).filter(([, { kind }]) => kind !== 'text'))(
    'names %s where its value is wrong',
    (name, { key, kind }) => {
      const { values, origins, problems } = readEnvironmentLayer({ [name]: 'perhaps' });
      expect([values.size, origins.size]).toEqual([0, 0]);
      const expected = kind === 'boolean' ? 'a boolean' : '(?:a|a whole) number';
      expect(problems).toEqual([
        {
          where: name,
          key,
          message: expect.stringMatching(`^must be ${expected}, not "perhaps"$`) as string,
          hint: null,
        },
      ]);
    },
  );

  it('names the variable of a server that is no URL, and not its password', () => {
    const { values, problems } = readEnvironmentLayer({
      INTELLIGENCE_SERVICE_URL: 'me:hunter2@tracker.example.com',
    });
    expect(values.size).toBe(0);
    expect(problems).toEqual([
      {
        where: 'INTELLIGENCE_SERVICE_URL',
        key: 'api.base_url',
        message:
          'must be a URL that begins with http:// or https://, not "(set)@tracker.example.com"',
        hint: null,
      },
    ]);
  });

  it.each([
    ['true', true],
    ['1', true],
    ['YES', true],
    ['On', true],
    ['false', false],
    ['0', false],
    ['no', false],
    ['OFF', false],
  ])('takes %s for a boolean', (text, value) => {
    const { values } = readEnvironmentLayer({ PATTERN_TRACKING_ENABLED: text });
    expect(values.get('pattern_tracking.enabled')).toBe(value);
  });

  it('counts an empty variable as not set, and blanks as no number', () => {
    expect(readEnvironmentLayer({ PATTERN_TRACKING_TIMEOUT: '' }).values.size).toBe(0);
    expect(readEnvironmentLayer({ PATTERN_TRACKING_TIMEOUT: ' ' }).problems).toHaveLength(1);
  });

  it('takes nothing of other variables', () => {
    expect(
      readEnvironmentLayer({ HOME: '/', 'api.token': 'x', constructor: 'x' }).values.size,
    ).toBe(0);
  });
});

describe('given values', () => {
  it('sets what is defined', () => {
    const { values, problems } = givenLayer(
      { 'api.base_url': 'http://127.0.0.1:1', 'api.token': undefined },
      'an option',
    );
    expect([...values]).toEqual([['api.base_url', 'http://127.0.0.1:1']]);
    expect(problems).toEqual([]);
  });

  it('checks them as a file is checked', () => {
    const { problems } = givenLayer(
      { 'pattern_tracking.timeout': -1, 'api.tokn': 'x' },
      'an option',
    );
    expect(problems.map(({ where, key }) => [where, key])).toEqual([
      ['an option', 'api.tokn'],
      ['an option', 'pattern_tracking.timeout'],
    ]);
  });
});
