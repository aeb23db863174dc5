import { promisify } from 'node:util';
import { constants, gunzip, inflate, inflateRaw } from 'node:zlib';

/** The content codings that `decodeBody` undoes, as Accept-Encoding lists them. */
export const CONTENT_CODINGS = 'gzip, deflate';

/** How a body is coded. */
export type ContentCoding = 'identity' | 'gzip' | 'deflate';

/** How much of a body is decoded. */
export interface DecodeOptions {
  /** The longest body, decoded, in bytes. */
  readonly maxBytes: number;
  /** Take what there is of a compressed body that ends too early, as HTTP clients do. @default false */
  readonly takesCut?: boolean;
}

/** The coding that a Content-Encoding header names; undefined for one that `decodeBody` does not know. */
export function contentCoding(header: string | undefined): ContentCoding | undefined {
  const name = (header ?? '').trim().toLowerCase();
  if (name === '' || name === 'identity') return 'identity';
  if (name === 'gzip' || name === 'x-gzip') return 'gzip'; // RFC 9110, 8.4.1.3: they are the same
  return name === 'deflate' ? name : undefined;
}

/**
 * Undoes the coding of a body. Not a byte more than `maxBytes` is decompressed.
 *
 * @throws zlib's error, with the code ERR_BUFFER_TOO_LARGE where the body is longer than allowed
 */
export async function decodeBody(
  body: Buffer,
  coding: ContentCoding,
  { maxBytes, takesCut = false }: DecodeOptions,
): Promise<Buffer> {
  if (coding === 'identity') return body;
  const decode = coding === 'gzip' ? unzip : isZlib(body) ? unwrap : unwrapRaw;
  return decode(body, {
    maxOutputLength: maxBytes,
    ...(takesCut ? { finishFlush: constants.Z_SYNC_FLUSH } : {}),
  });
}

/** The body without a byte order mark, which JSON.parse does not know. No protobuf begins with these bytes. */
export function withoutBom(body: Buffer): Buffer {
  return body.subarray(0, 3).equals(BOM) ? body.subarray(3) : body;
}

// --- internal ---

type Decode = (body: Buffer, options: object) => Promise<Buffer>;

const unzip = promisify(gunzip) as Decode;
const unwrap = promisify(inflate) as Decode;
const unwrapRaw = promisify(inflateRaw) as Decode;

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** Some servers send `deflate` without the zlib header that RFC 9110 asks for; RFC 1950, 2.2 has its check. */
function isZlib(body: Buffer): boolean {
  const [method = 0, flags = 0] = body;
  return (method & 0x0f) === 8 && ((method << 8) | flags) % 31 === 0;
}
