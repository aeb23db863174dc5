import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentCoding, decodeBody, withoutBom } from '../../lib/lineage-api/http-body.ts';

const LIMITS = { maxBytes: 1_000 };

describe('a content coding', () => {
  it.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['identity', 'identity'],
    ['gzip', 'gzip'],
    [' GZip ', 'gzip'],
    ['x-gzip', 'gzip'],
    ['deflate', 'deflate'],
    ['br', undefined],
    ['gzip, gzip', undefined],
    ['toString', undefined],
  ])('%s is %s', (header, coding) => expect(contentCoding(header)).toBe(coding));
});

describe('a body', () => {
  it('is what it was before it was coded', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 1_000 }), async (bytes) => {
        const body = Buffer.from(bytes);
        expect(await decodeBody(body, 'identity', LIMITS)).toEqual(body);
        expect(await decodeBody(gzipSync(body), 'gzip', LIMITS)).toEqual(body);
        for (const level of [0, 1, 9]) {
          expect(await decodeBody(deflateSync(body, { level }), 'deflate', LIMITS)).toEqual(body);
          expect(await decodeBody(deflateRawSync(body, { level }), 'deflate', LIMITS)).toEqual(
            body,
          );
        }
      }),
    );
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
  ] as const)('of %s is bounded', async (coding, pack) => {
    expect(await decodeBody(pack(Buffer.alloc(1_000)), coding, LIMITS)).toHaveLength(1_000);
    await expect(decodeBody(pack(Buffer.alloc(1_001)), coding, LIMITS)).rejects.toMatchObject({
      code: 'ERR_BUFFER_TOO_LARGE',
    });
  });

  it('that ends too early is taken where that is allowed', async () => {
    const cut = gzipSync('abc').subarray(0, -8);
    await expect(decodeBody(cut, 'gzip', LIMITS)).rejects.toThrow();
    const taken = await decodeBody(cut, 'gzip', { ...LIMITS, takesCut: true });
    expect(taken.toString()).toBe('abc');
  });

  it('loses its byte order mark, and no other', () => {
    const without = (text: string) => withoutBom(Buffer.from(text)).toString();
    expect(without('\uFEFF{}')).toBe('{}');
    expect(without('\uFEFF')).toBe('');
    expect(without('')).toBe('');
    expect(without('{"a":"\uFEFF"}')).toBe('{"a":"\uFEFF"}');
    expect(without('\uFEFF\uFEFF')).toBe('\uFEFF');
  });
});
