// The server for the benchmarks of delivery, in a process of its own: parses batches, accepts every event
// and stores nothing; told to hang, it never answers. Prints its port.
// `lineage-server.cjs [hang]`
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const hangs = process.argv[2] === 'hang';
const server = createServer((request, response) => {
  if (hangs) return;
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { events } = JSON.parse(Buffer.concat(chunks).toString()) as { events: unknown[] };
    const done = events.map((_, event_index) => ({ event_index, data: {}, pattern_id: '' }));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ success: true, successful_results: done, failed_results: null }));
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
