import { defineConfig } from 'vitest/config';
import usual from './vitest.config.ts';

/** The dashboard in a real browser, one file at a time. */
export default defineConfig({
  ...usual,
  test: {
    ...usual.test,
    include: ['test/dashboard/browser/**/*.test.ts'],
    exclude: ['node_modules/**'],
    globalSetup: ['test/build-once.ts'],
    fileParallelism: false,
  },
});
