import type { Benchmark } from '../measure/benchmark.ts';
import { LARGE_PROJECT, LAST_SESSION } from './list-rows.ts';
import { timeLists } from './lists.ts';

const COMMANDS: readonly string[] = [
  ...['tool', 'day', 'project', 'model', 'language', 'file'].map((by) => `stats --by ${by}`),
  'stats --since 2026-10-20 --by day',
  `stats --project ${LARGE_PROJECT}`,
  `stats --session ${LAST_SESSION}`,
  'report --monthly --day 2026-11-17',
];

/** Measures how long sums take over a million patterns, five million occurrences and a million calls and answers. */
export const statistics: Benchmark = {
  name: 'statistics',
  onlyNamed: true, // writes a database of 5 GB
  run: (context) => timeLists(context, COMMANDS, true),
};
