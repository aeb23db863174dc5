import type { Socket } from 'node:net';

/** A head that is longer is left to the HTTP parser, which has its own limit. In bytes. */
const MAX_HEAD_BYTES = 32 * 1024;

/**
 * Removes `100 Continue` from what a socket receives. Some servers send it unasked, which RFC 9110, 15.2
 * allows, but undici then cuts the connection; all other 1xx it ignores by itself.
 *
 * A reply begins with the first bytes after a write, because no request is written while a reply arrives.
 */
export function withoutUnaskedContinue<T extends Socket>(socket: T): T {
  let isAtHead = false;
  let held: Buffer | undefined;
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  const read = socket.read.bind(socket) as (size?: number) => Buffer | null;
  socket.write = (...args: unknown[]) => {
    isAtHead = true;
    return write(...args);
  };
  socket.read = (size?: number) => {
    for (;;) {
      const chunk = read(size);
      if (chunk === null || !isAtHead) return chunk;
      const received: Buffer = held ? Buffer.concat([held, chunk]) : chunk;
      held = undefined;
      const rest = withoutContinue(received);
      if (rest === 'unfinished') held = received;
      else if (rest.length > 0) {
        isAtHead = false;
        return rest;
      }
    }
  };
  return socket;
}

// --- internal ---

const CONTINUE = /^HTTP\/1\.[01] 100\b[^\n]*\n(?:[^\r\n][^\n]*\n)*\r?\n/;

/** The bytes after any `100 Continue`; `unfinished` while they may still become one, or none follow. */
function withoutContinue(bytes: Buffer): Buffer | 'unfinished' {
  let rest = bytes;
  for (;;) {
    const text = rest.toString('latin1', 0, MAX_HEAD_BYTES);
    const [head] = CONTINUE.exec(text) ?? [];
    if (head === undefined) return mayBecomeOne(text) ? 'unfinished' : rest;
    rest = rest.subarray(head.length);
  }
}

function mayBecomeOne(text: string): boolean {
  if (text === '' || text.length >= MAX_HEAD_BYTES) return false;
  const begin = text.slice(0, 13);
  return ['HTTP/1.1 100 ', 'HTTP/1.0 100 '].some((line) => line.startsWith(begin));
}
