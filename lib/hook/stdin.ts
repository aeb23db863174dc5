import { readSync } from 'node:fs';
import { errorCode } from '../base/errors.ts';

const CHUNK_BYTES = 1024 * 1024;

/** Standard input to its end, chunk by chunk; a chunk is overwritten by the next one. */
export function* stdinChunks(): Generator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (;;) {
    const length = readChunk(buffer);
    if (length === 0) return;
    yield buffer.subarray(0, length);
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
