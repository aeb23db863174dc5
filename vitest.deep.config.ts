import { defineConfig } from 'vitest/config';
import usual from './vitest.config.ts';

/** What `npm test` tries with a part of its random input, orders and kills, this tries with all of it. */
export default defineConfig({
  ...usual,
  test: {
    ...usual.test,
    include: [
      'test/**/lineage.test.ts',
      'test/**/merge-lineage.test.ts',
      'test/**/*fuzz.test.ts',
      'test/processes/*chaos.test.ts',
      'test/processes/restore.test.ts',
      'test/processes/service-durability.test.ts',
    ],
    env: { TEST_DEPTH: 'deep' },
  },
});
