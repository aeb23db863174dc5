import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Reply } from './route.ts';

/** Headers of every reply: no page may embed, cache or read it. There are no CORS headers on purpose. */
export const SECURITY_HEADERS = [
  ['Cache-Control', 'no-store'],
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Referrer-Policy', 'no-referrer'],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
] as const;

/** Makes the response; its body is compressed from 1,024 characters on if the client accepts gzip. */
export async function send(c: Context, reply: Reply): Promise<Response> {
  const { status, body, contentType = 'application/json', headers = {} } = reply;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
  c.header('Content-Type', contentType);
  if (text.length < MIN_COMPRESSED) return c.body(text, status as ContentfulStatusCode);
  c.header('Vary', 'Accept-Encoding');
  if (!acceptsGzip(c.req.header('accept-encoding'))) {
    return c.body(text, status as ContentfulStatusCode);
  }
  c.header('Content-Encoding', 'gzip');
  const compressed = await gzipped(text);
  return c.body(new Uint8Array(compressed), status as ContentfulStatusCode);
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
