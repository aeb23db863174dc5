// The floor of the benchmark `delivery`, in a process of its own: posts the bodies of an outbox in batches
// as large as the courier's, one after the other, and does nothing else.
// `bare-delivery.cjs DATABASE URL BATCH_ROWS`
import { setPriority } from 'node:os';
import { Agent } from 'undici';
import { openDatabase } from '../../../lib/store/database/database.ts';
import { BenchmarkError } from '../measure/benchmark.ts';

const [databaseFile = '', url = '', batchRows = ''] = process.argv.slice(2);

setPriority(10); // as the courier does
const database = openDatabase(databaseFile);
const bodies = database.prepare<[], string>('SELECT body FROM outbox ORDER BY id').pluck().all();
database.close();
void post();

async function post(): Promise<void> {
  const agent = new Agent();
  for (let at = 0; at < bodies.length; at += Number(batchRows)) {
    const batch = bodies.slice(at, at + Number(batchRows));
    const { statusCode, body } = await agent.request({
      origin: url,
      path: '/api/pattern-traceability/lineage/track/batch',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"processing_mode":"sequential","events":[${batch.join(',')}]}`,
    });
    await body.json();
    if (statusCode !== 200) throw new BenchmarkError(`the server answered ${statusCode}`);
  }
  await agent.close();
}
