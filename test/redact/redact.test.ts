import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonObject } from '../../lib/base/json.ts';
import type { Json, JsonObject } from '../../lib/base/json.ts';
import { createRedactor } from '../../lib/redact/redact.ts';
import {
  JWT,
  PEM_BODY,
  pemOf,
  PREFIX_VECTORS,
  randomText,
  SECRETLINT_VECTORS,
} from './secret-vectors.ts';

const redactor = createRedactor();
const redact = (text: string) => redactor.redactText(text).text;
const HEX = randomText(32, '3fa91c07be5d2648');
const PASSWORD = 'hunter22';

describe('redactText', () => {
  it.each([...SECRETLINT_VECTORS, ...PREFIX_VECTORS])(
    'puts a marker where the secret was: $rule $marker',
    ({ text, secret, marker }) => {
      const redacted = redact(text);
      expect(redacted).not.toContain(secret);
      expect(redacted).toContain(`[redacted:${marker}]`);
      expect(redact(redacted)).toBe(redacted);
    },
  );

  it('replaces the secret only, and counts', () => {
    expect(redactor.redactText(`a ${JWT} b ${JWT} c`)).toMatchObject({
      text: 'a [redacted:jwt] b [redacted:jwt] c',
      count: 2,
    });
    expect(redactor.redactText('nothing here')).toEqual({
      text: 'nothing here',
      count: 0,
      findings: [],
      leftOut: 0,
    });
  });

  it('keeps what a secret access key stands behind', () => {
    const key = randomText(40);
    expect(redact(`AWS_SECRET_ACCESS_KEY=${key}\nREGION=eu`)).toBe(
      'AWS_SECRET_ACCESS_KEY=[redacted:assignment]\nREGION=eu',
    );
  });

  it.each([
    ['ENCRYPTION_KEY=9f86d081884c7d659a2feaa0c55ad015', 'ENCRYPTION_KEY=[redacted:assignment]'],
    ['CREDENTIALS=xyzzy12345', 'CREDENTIALS=[redacted:assignment]'],
    ['SESSION_COOKIE=3fa85f64a7', 'SESSION_COOKIE=[redacted:assignment]'],
    ['DB_PASSWORD="my secret phrase 99"', 'DB_PASSWORD="[redacted:assignment]"'],
    ["export TOKEN='abc defg 123'", "export TOKEN='[redacted:assignment]'"],
  ])('takes the value out of %s', (text, redacted) => {
    expect(redact(text)).toBe(redacted);
  });

  it.each([
    'const credentials = loadCredentials();',
    'cookie: string',
    'Cookie: a=b',
    'token: "The token to use"',
  ])('leaves %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  describe('on URLs', () => {
    it.each([
      [`https://joe:${PASSWORD}@host/p`, 'https://joe:[redacted:url-password]@host/p'],
      [`redis://:${PASSWORD}@host:6379/0`, 'redis://:[redacted:url-password]@host:6379/0'],
      [`postgres://a:p@ss${PASSWORD}@h/x "b@c"`, 'postgres://a:[redacted:url-password]@h/x "b@c"'],
      [`URL=amqp://u:${PASSWORD}@h`, 'URL=amqp://u:[redacted:url-password]@h'],
      ['mysql://u:k3y@h/d', 'mysql://u:[redacted:url-password]@h/d'],
      [
        'https://tok3n1234567890abcdef@git.corp.io/a',
        'https://[redacted:url-password]@git.corp.io/a',
      ],
    ])('takes the password out of %s', (text, redacted) => {
      expect(redact(text)).toBe(redacted);
    });

    it.each([
      'https://host/p',
      'https://host:8080/p@q',
      'https://joe@host/',
      'postgres://user:password@localhost/x',
      'https://user:${PASSWORD}@host/',
      'https://user:<password>@host/',
      'https://user:****@host/',
      'https://joe:pass@files.corp.io/',
      '://&lt;user&gt;:&lt;password&gt;@host',
      'docker://alpine:3.18@sha256:abcdef0123456789',
      'ssh://git@github.com:22/o/r.git',
      'see http://a.b: joe@c.d',
      'prints https://abc:123@example.com/',
    ])('leaves %s', (text) => {
      expect(redact(text)).toBe(text);
    });
  });

  describe('on answers of a sign-in', () => {
    it.each([
      ['/callback?code=48699740621&state=xyz', '/callback?code=[redacted:signed-url]&state=xyz'],
      ['/oauth/cb?state=x&code=qlfkwzkrjglf', '/oauth/cb?state=x&code=[redacted:signed-url]'],
      ['/verify?ticket=26H%40.lk', '/verify?ticket=[redacted:signed-url]'],
    ])('takes the code out of %s', (text, redacted) => {
      expect(redact(text)).toBe(redacted);
    });

    it.each([
      '/products?code=48699740621',
      '/callback?code=access_denied&state=xyz',
      '/errors?code=E_NO_PROJECT_2&page=3',
    ])('leaves %s', (text) => {
      expect(redact(text)).toBe(text);
    });
  });

  describe('on forms within other text', () => {
    it.each([
      '{"b": "licenceKey+%3A+aB3dE5gH7jK9mN1pQ+ok"}',
      String.raw`{"a":"{\"b\":\"body=%0Aa%3B%22licenceKey%22+%3A%3D+'aB3dE5gH7jK9mN1pQ'++\"}"}`,
      'q=A%3D1%0AHAS%C5%81O%3DaB3dE5gH7jK9mN1pQ%0AB%3D2',
      '%E5%AF%86%E7%A0%81%3DaB3dE5gH7jK9mN1pQ',
    ])('takes the secret out of %s', (text) => {
      expect(redact(text)).not.toContain('aB3dE5gH7jK9mN1pQ');
    });
  });

  describe('on authorization headers', () => {
    it.each([
      [`Authorization: Bearer ${HEX}`, 'Authorization: Bearer [redacted:authorization]'],
      [`-H "authorization: token ${HEX}"`, '-H "authorization: token [redacted:authorization]"'],
      [
        `{"Authorization":"Basic am9lOmh1bnRlcjIy"}`,
        '{"Authorization":"Basic [redacted:authorization]"}',
      ],
      [
        String.raw`{\"Authorization\": \"Bearer ${HEX}\"}`,
        String.raw`{\"Authorization\": \"Bearer [redacted:authorization]\"}`,
      ],
      [
        `headers["Authorization"] = "${HEX}"`,
        'headers["Authorization"] = "[redacted:authorization]"',
      ],
      [`const h = 'Bearer ${HEX}'`, `const h = 'Bearer [redacted:authorization]'`],
      [`Authorization: Bearer ${JWT}`, 'Authorization: Bearer [redacted:jwt]'],
      [
        `{ Authorization: 'Bearer ccLw;kOA,MgCK4d9' }`,
        `{ Authorization: 'Bearer [redacted:authorization]' }`,
      ],
      [
        `setRequestHeader("Authorization", "Bearer CF'fGj9e1aRf")`,
        'setRequestHeader("Authorization", "Bearer [redacted:authorization]")',
      ],
      ['smtp.login("joe", "93140286378193")', 'smtp.login("joe", "[redacted:assignment]")'],
    ])('takes the credential out of %s', (text, redacted) => {
      expect(redact(text)).toBe(redacted);
    });

    it.each([
      'Authorization: Bearer YOUR_TOKEN',
      'Authorization: Bearer <token>',
      'Authorization: `Bearer ${token}`',
      "{ Authorization: 'Bearer your token goes here' }",
      'setRequestHeader("Authorization", "Bearer invalid")',
      "{ Authorization: 'Token ' + user.token }",
      'login("Name", "Password"); driver.login("joe", "ldap://host")',
      'Authorization: "Bearer " + accessToken',
      'authorization: getAuthorizationHeader()',
      'Authorization: Bearer $TOKEN1',
      'the bearer of this letter, number 12',
      'bearer_token_provider_v2',
    ])('leaves %s', (text) => {
      expect(redact(text)).toBe(text);
    });
  });

  describe('on private keys', () => {
    it.each([
      ['a key', pemOf('PRIVATE KEY')],
      [
        'an encrypted key',
        pemOf(
          'RSA PRIVATE KEY',
          `Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0A1B\n\n${PEM_BODY}`,
        ),
      ],
      ['a PGP key', pemOf('PGP PRIVATE KEY BLOCK')],
      ['a key in one line', pemOf('EC PRIVATE KEY').replaceAll('\n', '\\n')],
      ['a key with CRLF', pemOf('OPENSSH PRIVATE KEY').replaceAll('\n', '\r\n')],
      ['a key in source code', pemOf('PRIVATE KEY').replaceAll('\n', '\\n" +\n  "')],
      ['a key in a diff', pemOf('PRIVATE KEY').replaceAll('\n', '\n-')],
    ])('takes out %s', (_name, key) => {
      expect(redact(`before\n${key}\nafter`)).toBe('before\n[redacted:private-key]\nafter');
    });

    it('finds a key far into a very long text, and where two of its pieces meet', () => {
      const begin = ['-----BEGIN RSA', 'PRIVATE KEY-----'].join(' ');
      const end = ['-----END RSA', 'PRIVATE KEY-----'].join(' ');
      const key = `${begin}\n${'MIIEpAIBAAKCAQEA'.repeat(60)}\n${end}`;
      const filler = 'xoxb-'.repeat(1_800_000); // a rule's expression overflowed on it
      const text = `${filler.slice(0, 979_500)}\n${key}\n${filler.slice(980_000)}`;
      const { text: redacted } = createRedactor().redactText(text);
      expect(redacted).not.toContain('MIIEpAIBAAKCAQEA');
    });

    it('takes out a key that is cut off', () => {
      const cut = pemOf('PRIVATE KEY').slice(0, 120);
      expect(redact(`x = "${cut}"`)).toBe('x = "[redacted:private-key]"');
    });

    it.each([
      pemOf('PUBLIC KEY'),
      pemOf('CERTIFICATE'),
      pemOf('PRIVATE KEY', '...'),
      'if (text.startsWith("-----BEGIN PRIVATE KEY-----")) parseThePrivateKeyOfTheServiceAccountNow(text);',
    ])('leaves %j', (text) => {
      expect(redact(text)).toBe(text);
    });
  });

  describe('on tokens', () => {
    it('takes the token out of an .npmrc', () => {
      expect(redact(`//registry/:_authToken=${HEX}\n`)).toBe(
        '//registry/:_authToken=[redacted:assignment]\n',
      );
    });

    it.each([
      '//registry/:_authToken=${NPM_TOKEN}',
      '//registry/:_authToken=MYTOKEN1',
      'eyJhbGciOiJIUzI1NiJ9',
      `x${JWT}`,
      'AKIAIOSFODNN7EXAMPLE',
      'sk-ant-api03-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
      'msg.value.length',
      'npm_config_registry=https://registry.npmjs.org',
    ])('leaves %s', (text) => {
      expect(redact(text)).toBe(text);
    });
  });

  it('leaves the code of this project as it is', () => {
    const files = ['lib/', 'hooks/'].flatMap((folder) => {
      const base = new URL(`../../${folder}`, import.meta.url);
      return readdirSync(base, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(?:ts|sh)$/.test(name))
        .map((name) => new URL(name, base));
    });
    expect(files.length).toBeGreaterThan(20);
    expect(
      files.filter((file) => redactor.redactText(readFileSync(file, 'utf8')).count > 0),
    ).toEqual([]);
  });

  it('changes nothing the second time', () => {
    const pieces = fc.constantFrom(
      ...SECRETLINT_VECTORS.flatMap(({ text, secret }) => [text, secret]),
      ...PREFIX_VECTORS.map(({ secret }) => secret),

      JWT,
      pemOf('PRIVATE KEY'),
      PASSWORD,
      HEX,
      'PASSWORD',
      'token',
      'Authorization',
      'Bearer',
      '--',
      '://',

      '=',
      ':',
      ' ',
      '\n',
      '"',
      "'",
      '\\"',
      '@',
      'a',
      ';',
      '&',
      '<',
      '>',
      '[redacted:x]',
      '[redacted:',
      ']',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(pieces, fc.string({ maxLength: 3 })), { maxLength: 10 }),
        (parts) => {
          const once = redact(parts.join(''));
          expect(redactor.redactText(once)).toMatchObject({ text: once, count: 0 });
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('takes a run of megabytes that could be hex', () => {
    const run = 'a'.repeat(16_000_000);
    expect(createRedactor().redactText(run).text).toBe(run);
  });
});

describe('redactPayload', () => {
  const payloadOf = (value: Json): JsonObject => ({ a: 1, b: null, value });

  it('gives back the very payload when it is clean', () => {
    const base = new URL('../fixtures/payloads/', import.meta.url);
    const files = readdirSync(base, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.json'),
    );
    expect(files).toHaveLength(133);
    for (const file of files) {
      const payload = JSON.parse(readFileSync(new URL(file, base), 'utf8')) as JsonObject;
      expect(redactor.redactPayload(payload).payload).toBe(payload);
    }
  });

  it.each<[string, Json, Json, number]>([
    ['a string', `k ${JWT}`, 'k [redacted:jwt]', 1],
    ['a string of an array', [1, `k ${JWT}`], [1, 'k [redacted:jwt]'], 1],
    ['a key', { [JWT]: 1, b: 2 }, { '[redacted:jwt]': 1, b: 2 }, 1],
    [
      'keys that become the same',
      { [JWT]: 1, [`${JWT}x`]: 2 },
      { '[redacted:jwt]': 1, '[redacted:jwt]_2': 2 },
      2,
    ],
    [
      'a member by its name',
      { password: PASSWORD, n: [true] },
      { password: '[redacted:assignment]', n: [true] },
      1,
    ],
    ['a member by its form', { token: JWT }, { token: '[redacted:jwt]' }, 1],
    [
      'JSON in a string',
      JSON.stringify({ password: PASSWORD }),
      '{"password":"[redacted:assignment]"}',
      1,
    ],
    [
      '__proto__',
      JSON.parse(`{"__proto__":{"password":"${PASSWORD}"}}`) as Json,
      JSON.parse('{"__proto__":{"password":"[redacted:assignment]"}}') as Json,
      1,
    ],
    [
      'lines that hold a secret together',
      [
        '+x',
        ...pemOf('PRIVATE KEY')
          .split('\n')
          .map((line) => `+${line}`),
        ' y',
      ],
      [
        '+x',
        '+[redacted:private-key]',
        ...Array.from({ length: 4 }, () => '[redacted:private-key]'),
        ' y',
      ],
      1,
    ],
    [
      'several lines apart',
      [`a ${JWT}`, 'b', `${JWT} ${JWT}`],
      ['a [redacted:jwt]', 'b', '[redacted:jwt] [redacted:jwt]'],
      3,
    ],
  ])('redacts %s', (_name, value, redacted, count) => {
    const payload = payloadOf(value);
    const before = JSON.stringify(payload);
    const result = redactor.redactPayload(payload);
    expect(JSON.stringify(result.payload)).toBe(JSON.stringify(payloadOf(redacted)));
    expect(result.count).toBe(count);
    expect(JSON.stringify(payload)).toBe(before);
    expect(redactor.redactPayload(result.payload)).toMatchObject({
      payload: result.payload,
      count: 0,
    });
  });

  it('walks a payload of any depth', () => {
    let deep: Json = { password: PASSWORD };
    for (let i = 0; i < 10_000; i += 1) deep = i % 2 ? [deep] : { deep };
    const { payload, count } = redactor.redactPayload(payloadOf(deep));
    expect(count).toBe(1);
    let inner: Json | undefined = payload['value'];
    for (let i = 0; i < 10_000; i += 1) {
      inner = Array.isArray(inner) ? (inner as readonly Json[])[0] : (inner as JsonObject)['deep'];
    }
    expect(inner).toEqual({ password: '[redacted:assignment]' });
  });

  it('keeps every value but strings, and changes nothing the second time', () => {
    const text = fc.oneof(
      fc.constantFrom(JWT, `password=${PASSWORD}1`, 'password', PASSWORD, '__proto__'),
      fc.string(),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4, depthSize: 'small' },
        text,
        fc.integer(),
        fc.constantFrom(null, true),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(text, tie('value'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(value, (any) => {
        const payload = payloadOf(any as Json);
        const once = redactor.redactPayload(payload);
        expect(once.payload === payload).toBe(once.count === 0);
        const twice = redactor.redactPayload(once.payload);
        expect(twice.payload).toBe(once.payload);
        expect(JSON.stringify(once.payload)).not.toContain(JWT);
        // Keys are texts too: only what they hold, and in what order, stays.
        const shape = (json: Json) =>
          JSON.stringify(json, (_key, v: Json) => {
            if (typeof v === 'string' || typeof v === 'number') return '';
            return isJsonObject(v) ? Object.values(v) : v;
          });
        expect(shape(once.payload)).toBe(shape(payload));
      }),
    );
  });
});
