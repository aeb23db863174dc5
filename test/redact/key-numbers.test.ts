import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../lib/redact/redact.ts';
import { randomText } from './secret-vectors.ts';

const redact = (text: string) => createRedactor().redactText(text).text;
const D = randomText(44);
const N = randomText(60).slice(17);
const P = `${randomText(20)}${N.slice(20)}`;
const BYTES = Array.from({ length: 15 }, (_, i) =>
  ((i * 37 + 11) % 256).toString(16).padStart(2, '0'),
).join(':');
const MARKER = '[redacted:private-key]';

describe('the numbers of a private key', () => {
  it.each([
    [
      'a JWK',
      `{"kty":"RSA","n":"${N}","e":"AQAB","d":"${D}","dp":"${P}"}`,
      `{"kty":"RSA","n":"${N}","e":"AQAB","d":"${MARKER}","dp":"${MARKER}"}`,
    ],
    [
      'a JWK whose type comes last, in a string',
      `"{\\"d\\":\\"${D}\\",\\"x\\":\\"${N}\\",\\"kty\\":\\"EC\\"}"`,
      `"{\\"d\\":\\"${MARKER}\\",\\"x\\":\\"${N}\\",\\"kty\\":\\"EC\\"}"`,
    ],
    ['YAML', `kty: oct\nk: ${D}\n`, `kty: oct\nk: ${MARKER}\n`],
    [
      'XML',
      `<RSAKeyValue><Modulus>${N}</Modulus><P>${P}</P><D>${D}=</D></RSAKeyValue>`,
      `<RSAKeyValue><Modulus>${N}</Modulus><P>${MARKER}</P><D>${MARKER}</D></RSAKeyValue>`,
    ],
    [
      'what OpenSSL prints',
      `publicExponent: 65537\nprivateExponent:\n    ${BYTES}:\n    0a:b1\nprime1:\n    ${BYTES}\n`,
      `publicExponent: 65537\nprivateExponent:\n    ${MARKER}\nprime1:\n    ${MARKER}\n`,
    ],
    [
      'members with whole names',
      `{"modulus":"${N}","privateExponent":"${D}","prime1":"${P}"}`,
      `{"modulus":"${N}","privateExponent":"${MARKER}","prime1":"${MARKER}"}`,
    ],
  ])('in %s are taken out, and what is public stays', (_what, text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each([
    `{"d":"${D}","p":"${P}"}`,
    `{"kty":"RSA","n":"${N}","e":"AQAB","kid":"key-1"}`,
    '{"kty": "RSA", "d": to_base64url_uint(numbers.d).decode(), "p": to_base64url_uint(numbers.p)}',
    'const coefficient = 0.123456789; prime1 = 7919; privateExponent: bigint',
  ])('are not seen in %j', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('are found in an object', () => {
    const { payload } = createRedactor().redactPayload({ key: { kty: 'OKP', x: 'x', d: D } });
    expect(JSON.stringify(payload)).not.toContain(D);
  });
});
