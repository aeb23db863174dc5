import { Readable } from 'node:stream';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BodyReader } from '../../../lib/service/http/request-body.ts';

describe('a body', () => {
  it('is cut off when its client went away before it was read', async () => {
    const stream = Readable.from(['{}']);
    stream.destroy();
    const headers = {
      contentType: 'application/json',
      contentEncoding: undefined,
      contentLength: undefined,
    };
    await expect(new BodyReader().read(stream, headers)).rejects.toMatchObject({ status: 400 });
  });

  it('is refused while too many are read at a time', async () => {
    const reader = new BodyReader({ maxBytes: 10, maxTotalBytes: 15 });
    const headers = {
      contentType: 'application/json',
      contentEncoding: undefined,
      contentLength: undefined,
    };
    const slow = new Readable({ read: () => {} });
    const first = reader.read(slow, headers);
    slow.push('"1234567');
    await expect.poll(() => reader.held).toBe(8);
    await expect(
      reader.read(Readable.from([Buffer.from('"12345678"')]), headers),
    ).rejects.toMatchObject({
      status: 503,
      headers: { 'Retry-After': '1' },
    });
    slow.push('"');
    slow.push(null);
    expect(await first).toEqual({ value: '1234567', bytes: 9 });
    expect(reader.held).toBe(0);
  });

  it.each([
    ['a byte order mark', undefined, Buffer.from('\uFEFF{"a":1}')],
    ['x-gzip', 'X-GZip', gzipSync('{"a":1}')],
    ['x-gzip and a byte order mark', 'x-gzip', gzipSync('\uFEFF{"a":1}')],
    ['deflate', 'deflate', deflateSync('{"a":1}')],
    ['deflate without its header', 'deflate', deflateRawSync('{"a":1}')],
  ])('is read with %s', async (_, contentEncoding, bytes) => {
    const headers = { contentType: 'application/json', contentEncoding, contentLength: undefined };
    const body = await new BodyReader().read(Readable.from([bytes]), headers);
    expect(body?.value).toEqual({ a: 1 });
  });

  it.each([
    ['open brackets', '['.repeat(1_000_000), 'nested deeper than 70 levels'],
    ['nested lists', `{"a":${'['.repeat(70)}${']'.repeat(70)}}`, 'nested deeper than 70 levels'],
    ['millions of values', `[${'1,'.repeat(1_000_000)}1]`, 'it has more than 2000 values'],
  ])('of %s is refused before it is parsed', async (_, text, reason) => {
    const headers = {
      contentType: 'application/json',
      contentEncoding: undefined,
      contentLength: undefined,
    };
    const read = new BodyReader().read(Readable.from([Buffer.from(text)]), headers);
    await expect(read).rejects.toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining(reason) as string },
    });
  });
});
