import { defineConfig } from 'vitest/config';
import usual from './vitest.config.ts';

/** What `npm test` tries with a part of its random input, orders and kills, this tries with all of it. */
export default defineConfig({
  ...usual,
  test: {
    ...usual.test,
    include: [
      'test/{library,service/store,store/writers}/**/lineage.test.ts',
      'test/service/serve-command.test.ts',
      'test/service/store/{sqlite,postgres}/{store,forgetting}.test.ts',
      'test/store/maintenance/merge-lineage.test.ts',
      'test/store/maintenance/forget/lineage.test.ts',
      'test/{faults,service}/fuzz.test.ts',
      'test/faults/{passing-faults,fault-kinds}.test.ts',
      'test/scripts/eval-attribution/*.test.ts',
      'test/processes/*chaos.test.ts',
      'test/redact/recall.test.ts',
      'test/delivery/store/{tool-call-outbox-properties,outbox-rows}.test.ts',
      'test/ingest/ingest-properties.test.ts',
      'test/processes/restore.test.ts',
      'test/processes/forget.test.ts',
      'test/processes/transcripts.test.ts',
      'test/processes/redact-rescan.test.ts',
      'test/store/maintenance/pattern-move.test.ts',
      'test/processes/service-durability.test.ts',
    ],
    env: { TEST_DEPTH: 'deep' },
  },
});
