import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { errorCode } from '../../base/errors.ts';
import { JsonBoundsError, parseBoundedJson } from '../../base/json/bounded-json.ts';
import { wellFormedJson } from '../../base/well-formed-json.ts';
import {
  CONTENT_CODINGS,
  contentCoding,
  decodeBody,
  withoutBom,
} from '../../lineage-api/http-body.ts';
import type { ContentCoding } from '../../lineage-api/http-body.ts';
import { busyFault, fault, HttpFault } from './http-fault.ts';

/** The largest body, as sent and as decompressed: 16 MiB. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** The most bytes that all bodies being read may hold together: 128 MiB, eight of the largest. */
const MAX_BODIES_BYTES = 8 * MAX_BODY_BYTES;

/** Bodies decompressed at a time: each may grow to 16 MiB, and Node.js decompresses on four threads. */
const MAX_DECODING = 4;
/** Compressed bodies that may wait for their turn; more are refused with 503. */
const MAX_WAITING = 1_000;

/** The deepest nesting of a body, in levels: an event may have 64, and a batch adds a few around it. */
const MAX_DEPTH = 70;
/**
 * The most values in a body, and in one event of a batch. Checking, redacting and storing one takes about 10 µs,
 * and nobody else is served meanwhile. Our own events have some 30.
 */
export const MAX_VALUES = 2_000;

/** A body that was read. */
export interface JsonBody {
  /** The parsed JSON. */
  readonly value: unknown;
  /** Length of the JSON text, decompressed. */
  readonly bytes: number;
}

/** The headers that describe a body; undefined when they were not sent. */
export interface BodyHeaders {
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly contentLength: string | undefined;
}

/** Reads JSON bodies, and limits the size of each one and of all together. */
export class BodyReader {
  readonly #maxBytes: number;
  readonly #maxTotalBytes: number;
  #held = 0;
  #decoding = 0;
  readonly #waiting: (() => void)[] = [];

  /**
   * @param options `maxBytes`: the largest body, as sent and as decompressed, 16 MiB by default;
   * `maxTotalBytes`: all bodies together, 128 MiB by default
   */
  constructor({ maxBytes = MAX_BODY_BYTES, maxTotalBytes = MAX_BODIES_BYTES } = {}) {
    this.#maxBytes = maxBytes;
    this.#maxTotalBytes = maxTotalBytes;
  }

  /** Bytes held by the bodies that are being read. */
  get held(): number {
    return this.#held;
  }

  /**
   * Reads a body as JSON; undefined when there is none.
   *
   * @param maxValues the most values that the JSON may hold; names do not count
   * @throws HttpFault 400 for a body that is cut off, not compressed as it says, too deep or too wide, 413 for one that is too
   * large, 415 for another type or coding, 422 for invalid JSON, 503 when too much is being read already
   */
  async read(
    stream: Readable,
    headers: BodyHeaders,
    maxValues = MAX_VALUES,
  ): Promise<JsonBody | undefined> {
    const coding = knownCoding(headers.contentEncoding);
    const isPlain = coding === 'identity';
    if (Number(headers.contentLength ?? 0) > this.#maxBytes) throw this.#tooLarge();
    let taken = 0;
    const take = (bytes: number) => {
      taken += bytes;
      this.#held += bytes;
      if (this.#held > this.#maxTotalBytes) throw busyFault('Too many large requests at a time');
    };
    try {
      const sent = await collect(stream, (bytes) => {
        take(bytes);
        if (taken > this.#maxBytes) throw this.#tooLarge();
      });
      if (sent.length === 0) return undefined;
      requireJsonType(headers.contentType);
      const plain = isPlain ? sent : await this.#decoded(sent, coding);
      if (!isPlain) take(plain.length);
      return { value: parsed(plain, maxValues), bytes: plain.length };
    } finally {
      this.#held -= taken;
    }
  }

  /** Decompresses a few bodies at a time, because a small one may grow to the largest size allowed. */
  async #decoded(sent: Buffer, coding: ContentCoding): Promise<Buffer> {
    if (this.#decoding >= MAX_DECODING) {
      if (this.#waiting.length >= MAX_WAITING)
        throw busyFault('Too many compressed requests at a time');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#decoding += 1;
    try {
      return await decodeBody(sent, coding, { maxBytes: this.#maxBytes });
    } catch (error) {
      if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') throw this.#tooLarge();
      throw fault(400, 'The body is not what its Content-Encoding says');
    } finally {
      this.#decoding -= 1;
      this.#waiting.shift()?.();
    }
  }

  #tooLarge(): HttpFault {
    // The rest of the body stays unread, so the connection cannot carry another request.
    return fault(413, `The body is larger than ${this.#maxBytes} bytes`, { Connection: 'close' });
  }
}

// --- internal ---

function knownCoding(header: string | undefined): ContentCoding {
  const coding = contentCoding(header);
  if (coding) return coding;
  throw fault(415, 'Content-Encoding may be gzip or deflate', {
    'Accept-Encoding': CONTENT_CODINGS,
  });
}

/**
 * Refuses other types than JSON. A page of another site can send forms and plain text without CORS, but
 * not JSON, so this keeps such a page from writing.
 */
function requireJsonType(type: string | undefined): void {
  const name = (type ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (name === 'application/json' || /^application\/[\w.-]+\+json$/.test(name)) return;
  throw fault(415, 'Content-Type has to be application/json');
}

/** @param take is given the size of each chunk; if it throws, reading ends and the connection stays */
function collect(stream: Readable, take: (bytes: number) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const settle = (act: () => void) => {
      stream.off('data', onData).off('end', onEnd).off('error', onCut).off('close', onCut);
      stream.on('error', () => {}); // the connection may still break while the reply is sent
      act();
    };
    const onData = (chunk: Buffer) => {
      try {
        take(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        stream.pause();
        settle(() => reject(error));
      }
    };
    const onEnd = () =>
      settle(() => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    const onCut = () => settle(() => reject(fault(400, 'The body was cut off')));
    // The client may have left while its token was looked up; no event will say so now.
    if (stream.destroyed) return reject(fault(400, 'The body was cut off'));
    stream.on('data', onData).on('end', onEnd).on('error', onCut).on('close', onCut);
  });
}

function parsed(bytes: Buffer, maxValues: number): unknown {
  if (!isUtf8(bytes)) throw notJson('Body is not UTF-8', 0);
  const text = wellFormedJson(withoutBom(bytes).toString('utf8'));
  try {
    return parseBoundedJson(withoutNul(text), { maxDepth: MAX_DEPTH, maxValues });
  } catch (error) {
    if (error instanceof JsonBoundsError) throw outOfBounds(error);
    const place = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    throw notJson('JSON decode error', Number(place ?? 0));
  }
}

/** Replaces U+0000, which PostgreSQL cannot store and code does not contain, by U+FFFD. */
function withoutNul(json: string): string {
  if (!json.includes(String.raw`\u0000`)) return json;
  return json.replaceAll(/\\(?:u0000|[^])/g, (escape) =>
    escape === String.raw`\u0000` ? String.raw`\uFFFD` : escape,
  );
}

function outOfBounds({ message }: JsonBoundsError): HttpFault {
  return fault(400, `The body is refused: ${message}`);
}

function notJson(msg: string, place: number): HttpFault {
  return new HttpFault(422, {
    detail: [{ type: 'json_invalid', loc: ['body', place], msg, input: null }],
  });
}
