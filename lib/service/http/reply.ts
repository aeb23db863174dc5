import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Reply } from './route.ts';

/** Headers by their names, which are always spelled alike: where two parts name one, the later part's holds. */
export type ReplyHeaders = Readonly<Record<string, string>>;

/** Headers of every reply: no page may embed, cache or read it. There are no CORS headers on purpose. */
export const SECURITY_HEADERS: ReplyHeaders = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/**
 * Makes the response; its body is compressed from 1,024 characters on if the client accepts gzip. The headers are a plain
 * object, because the server writes one as it is, while `Headers` costs more than all the rest of a small reply.
 *
 * @param common the headers beside the reply's own
 * @param accepted the client's `Accept-Encoding`
 */
export async function responseOf(
  reply: Reply,
  common: ReplyHeaders,
  accepted: string | undefined,
): Promise<Response> {
  const { status, body, contentType = 'application/json' } = reply;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = { ...common, ...reply.headers, 'Content-Type': contentType };
  if (text.length < MIN_COMPRESSED) return new Response(text, { status, headers });
  const varied = { ...headers, Vary: 'Accept-Encoding' };
  if (!acceptsGzip(accepted)) return new Response(text, { status, headers: varied });
  const compressed = await gzipped(text);
  return new Response(new Uint8Array(compressed), {
    status,
    headers: { ...varied, 'Content-Encoding': 'gzip' },
  });
}

/** Compresses a text or bytes. */
export const gzipped = promisify(gzip);

/** Whether a client with this `Accept-Encoding` can be sent gzip. */
export function acceptsGzip(accepted: string | undefined): boolean {
  const coding = accepted?.split(',').find((part) => /^\s*(?:gzip|\*)\s*(?:;|$)/i.test(part));
  return coding !== undefined && !/;\s*q=0(?:\.0*)?\s*$/i.test(coding);
}

// --- internal ---

/** Shorter bodies are not compressed, in characters: they fit into one packet anyway. */
const MIN_COMPRESSED = 1_024;
