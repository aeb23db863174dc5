import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { errorCode } from '../../base/errors.ts';
import { isNestedDeeper } from '../../base/json.ts';
import type { Json } from '../../base/json.ts';
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

/** Bodies of all requests that are being read or answered may take so much together: 128 MiB. */
const MAX_BODIES_BYTES = 8 * MAX_BODY_BYTES;

/** Bodies that are decompressed at a time, and those that may wait for it. */
const MAX_DECODING = 4;
const MAX_WAITING = 1_000;

/** What is nested deeper could not be written as JSON again. An event may be nested 64 deep, in a batch. */
const MAX_DEPTH = 70;

export interface JsonBody {
  readonly value: unknown;
  /** Of the JSON text. */
  readonly bytes: number;
}

/** What a body's headers say of it. */
export interface BodyHeaders {
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly contentLength: string | undefined;
}

/** Reads bodies, none larger than allowed, and all together neither. */
export class BodyReader {
  readonly #maxBytes: number;
  readonly #maxTotalBytes: number;
  #held = 0;
  #decoding = 0;
  readonly #waiting: (() => void)[] = [];

  constructor({ maxBytes = MAX_BODY_BYTES, maxTotalBytes = MAX_BODIES_BYTES } = {}) {
    this.#maxBytes = maxBytes;
    this.#maxTotalBytes = maxTotalBytes;
  }

  /** Bytes of the bodies that are being read. */
  get held(): number {
    return this.#held;
  }

  /**
   * Reads JSON; undefined when there is no body at all.
   *
   * @throws HttpFault 413, 415, 422 for what is no JSON, 503 when too much is being read already
   */
  async read(stream: Readable, headers: BodyHeaders): Promise<JsonBody | undefined> {
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
      const value = parsed(plain);
      if (isNestedDeeper(value as Json, MAX_DEPTH)) throw tooDeep();
      return { value, bytes: plain.length };
    } finally {
      this.#held -= taken;
    }
  }

  /** Few at a time: a small body may become a large one, and how large is known only afterwards. */
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
    // What is left of the body is not read, so the connection is of no more use.
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

/** What a page of another site can send without asking has another type: it must not write. */
function requireJsonType(type: string | undefined): void {
  const name = (type ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (name === 'application/json' || /^application\/[\w.-]+\+json$/.test(name)) return;
  throw fault(415, 'Content-Type has to be application/json');
}

/** @param take is told of each piece; what it throws ends the reading, but not the connection */
function collect(stream: Readable, take: (bytes: number) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const settle = (act: () => void) => {
      stream.off('data', onData).off('end', onEnd).off('error', onCut).off('close', onCut);
      stream.on('error', () => {}); // a connection may still break while it is answered
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
    // The client may have gone while its token was looked up; no event tells of it any more.
    if (stream.destroyed) return reject(fault(400, 'The body was cut off'));
    stream.on('data', onData).on('end', onEnd).on('error', onCut).on('close', onCut);
  });
}

function parsed(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw notJson('Body is not UTF-8', 0);
  const text = wellFormedJson(withoutBom(bytes).toString('utf8'));
  try {
    return JSON.parse(withoutNul(text));
  } catch (error) {
    const place = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    throw notJson('JSON decode error', Number(place ?? 0));
  }
}

/** PostgreSQL can't keep U+0000, and no code has it: U+FFFD stands in its place. */
function withoutNul(json: string): string {
  if (!json.includes(String.raw`\u0000`)) return json;
  return json.replaceAll(/\\(?:u0000|[^])/g, (escape) =>
    escape === String.raw`\u0000` ? String.raw`\uFFFD` : escape,
  );
}

function tooDeep(): HttpFault {
  const msg = `Input should not be nested deeper than ${MAX_DEPTH} levels`;
  return new HttpFault(422, { detail: [{ type: 'value_error', loc: ['body'], msg, input: null }] });
}

function notJson(msg: string, place: number): HttpFault {
  return new HttpFault(422, {
    detail: [{ type: 'json_invalid', loc: ['body', place], msg, input: null }],
  });
}
