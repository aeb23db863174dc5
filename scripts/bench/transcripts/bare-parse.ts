// The floor of the import: reads transcripts in chunks of 1 MiB and parses every line. Usage: bare-parse FOLDER
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';

const CHUNK_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

const folder = process.argv[2] ?? '.';
const chunk = Buffer.alloc(CHUNK_BYTES);
for (const name of readdirSync(folder)) {
  const file = openSync(join(folder, name), 'r');
  let left: Buffer = Buffer.alloc(0);
  for (;;) {
    const length = readSync(file, chunk, 0, CHUNK_BYTES, null);
    if (length === 0) break;
    const bytes = Buffer.concat([left, chunk.subarray(0, length)]);
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      JSON.parse(bytes.toString('utf8', from, end));
      from = end + 1;
    }
    left = Buffer.from(bytes.subarray(from));
  }
  closeSync(file);
}
