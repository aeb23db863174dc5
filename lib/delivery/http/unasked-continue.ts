import type { Socket } from 'node:net';

/** More of them before one reply are passed on, and cut the connection: who sends them wants to keep us busy. */
const MAX_CONTINUES = 100;
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
  let removed = 0;
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  const read = socket.read.bind(socket) as (size?: number) => Buffer | null;
  socket.write = (...args: unknown[]) => {
    isAtHead = true;
    removed = 0;
    return write(...args);
  };
  socket.read = (size?: number) => {
    for (;;) {
      const chunk = read(size);
      if (chunk === null || !isAtHead) return chunk;
      const received: Buffer = held ? Buffer.concat([held, chunk]) : chunk;
      held = undefined;
      const [begin, isWhole, count] = withoutContinue(received, MAX_CONTINUES - removed);
      removed += count;
      const rest = received.subarray(begin);
      if (!isWhole) held = rest;
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

/**
 * Where the bytes after at most `most` times `100 Continue` begin; whether they are known not to become
 * another one; and how many there were.
 */
function withoutContinue(
  bytes: Buffer,
  most: number,
): [begin: number, isWhole: boolean, count: number] {
  let begin = 0;
  for (let count = 0; ; count++) {
    if (count >= most) return [begin, true, count];
    const text = bytes.toString('latin1', begin, begin + MAX_HEAD_BYTES);
    const [head] = CONTINUE.exec(text) ?? [];
    if (head === undefined) return [begin, !mayBecomeOne(text), count];
    begin += head.length;
  }
}

function mayBecomeOne(text: string): boolean {
  if (text.length >= MAX_HEAD_BYTES) return false;
  const begin = text.slice(0, 13);
  return ['HTTP/1.1 100 ', 'HTTP/1.0 100 '].some((line) => line.startsWith(begin));
}
