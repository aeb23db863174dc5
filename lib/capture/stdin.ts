import { readSync } from 'node:fs';
import { errorCode } from '../base/errors.ts';

/** Large enough for few calls, small enough to stay in the processor's cache on its way to the file. */
const CHUNK_BYTES = 256 * 1024;

/** Gives standard input to `take` to its end, chunk by chunk; a chunk is overwritten by the next one. */
export function readStdin(take: (chunk: Uint8Array) => void): void {
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  for (;;) {
    const length = readChunk(buffer);
    if (length === 0) return;
    take(length === buffer.length ? buffer : buffer.subarray(0, length));
  }
}

// --- internal ---

function readChunk(buffer: Buffer): number {
  for (;;) {
    try {
      return readSync(0, buffer, 0, buffer.length, null);
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EOF') return 0; // how Windows says it
      if (code !== 'EAGAIN') throw error;
      // A socket that was left non-blocking: nothing there yet.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
