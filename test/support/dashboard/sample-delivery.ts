// Some days of delivery to a server, with an outage: written as a courier would have written it.
import { randomUUID } from 'node:crypto';
import type { TrackerPaths } from '../../../lib/base/paths.ts';
import { loadConfig } from '../../../lib/config/config-file.ts';
import { breakerPolicy } from '../../../lib/delivery/delivery-policy.ts';
import { destinationOf } from '../../../lib/delivery/destination.ts';
import { MAIN_SINK } from '../../../lib/delivery/sinks.ts';
import { deliveryStore } from '../../../lib/delivery/store/delivery-store.ts';
import { openDatabase } from '../../../lib/store/database/database.ts';

/** Has a server answer for some days before `now`, and trips its breaker `trips` times at the end. */
export function sampleDelivery(paths: TrackerPaths, now: number, trips = 1): void {
  const database = openDatabase(paths.database);
  try {
    let at = now;
    const loaded = loadConfig(paths, { env: {} });
    const store = deliveryStore(database, destinationOf(MAIN_SINK, loaded, database), {
      policy: breakerPolicy(loaded.config),
      clock: () => at,
      newId: randomUUID,
    });
    for (let day = 9; day >= 0; day -= 1) {
      at = now - day * 86_400_000 - 7_200_000;
      store.metrics.add('delivered', 40 + day * 3);
      store.metrics.add('requests', 12);
      store.metrics.add('request_failures', day === 4 ? 5 : 0);
      store.metrics.add('retries', day === 4 ? 7 : 0);
      for (let request = 0; request < 12; request += 1) {
        store.metrics.observeLatency(request === 11 ? 240 + day * 60 : 8 + request * 3);
      }
    }
    for (let trip = 0; trip < trips; trip += 1) {
      at = now - 300_000 * (trips - trip);
      store.breaker.reset();
      store.breaker.trip('503 from the server, 5 in a row');
    }
    // What an `UPDATE` of a courier would have done with the tokens of transcripts.
    database.exec(
      `INSERT INTO message_usage (session_id, message_id, at, model, input_tokens, cache_creation_tokens,
         cache_read_tokens, output_tokens)
       SELECT id, 'msg_' || id, started_at + 60000, CASE WHEN prompts % 2 THEN 'claude-opus-4-6' ELSE 'claude-sonnet-4-5' END,
         1200 + length(id), 21000, 410000, 8400 FROM sessions`,
    );
  } finally {
    database.close();
  }
}
