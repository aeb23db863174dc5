import { readSync } from 'node:fs';
import { errorCode } from '../base/errors.ts';

/** Large enough that few calls are needed, small enough that a chunk stays in the processor's cache. */
const CHUNK_BYTES = 256 * 1024;

/**
 * Reads standard input to its end and hands it to `take`, chunk by chunk. A chunk is valid only during
 * the call: the next one overwrites it.
 *
 * @throws the system's error when stdin cannot be read
 */
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
      if (code === 'EOF') return 0; // how Windows reports the end
      if (code !== 'EAGAIN') throw error;
      // A non-blocking socket that has no data yet: wait a millisecond.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
