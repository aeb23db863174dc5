import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TrackerPaths } from '../../../lib/base/paths.ts';
import { pairedResult } from '../measure/benchmark.ts';
import type { BenchContext, Benchmark } from '../measure/benchmark.ts';
import { nodeCommand, timeCommands } from '../measure/command-timing.ts';
import type { Command } from '../measure/command-timing.ts';
import { fillLists, LARGE_PROJECT, LARGE_SESSION, LAST_SESSION } from './list-rows.ts';

const SMALL = 10_000;
const LARGE = 1_000_000;
const PAIRS = 5;
/** A list of a hundred times as many patterns may take this much longer. */
const MOST_GROWTH = 4;
/** A list of a million patterns may take this long, in milliseconds. */
const MOST_MS = 500;

const LISTS: readonly string[] = [
  'patterns',
  'patterns --sort used',
  ...['recent', 'used'].flatMap((sort) => [
    `patterns --session ${LARGE_SESSION} --sort ${sort}`,
    `patterns --session ${LAST_SESSION} --sort ${sort}`,
    `patterns --project ${LARGE_PROJECT} --sort ${sort}`,
    `patterns --project /home/dev/project-7 --sort ${sort}`,
    `patterns --language cobol --sort ${sort}`,
  ]),
  'sessions',
  'sessions --project /home/dev/project-7',
  `tool-calls --session ${LARGE_SESSION}`,
  'tool-calls --project /home/dev/project-7',
  'tool-calls --outcome denied',
  `session ${LARGE_SESSION}`,
  `session ${LAST_SESSION}`,
  `diff ${LAST_SESSION}`,
  `log ${LARGE_PROJECT}`,
  'log /home/dev/project-7',
  'log /home/dev/project-7/src/module-7.ts',
];

/** Measures how long lists take on a million patterns, and how much longer than on a hundredth of them. */
export const lists: Benchmark = {
  name: 'lists',
  onlyNamed: true, // writes a database of 2 GB
  run: (context) => timeLists(context, LISTS),
};

/** Times commands on a large database and on a hundredth of it. @param isBusy as of `fillLists` */
export async function* timeLists(
  context: BenchContext,
  lists: readonly string[],
  isBusy = false,
): ReturnType<Benchmark['run']> {
  const small = filled(context, SMALL, isBusy);
  const large = filled(context, LARGE, isBusy);
  for (const list of lists) {
    const times = timeCommands(context.throwaway, {
      ours: listCommand(context, large, list),
      floor: listCommand(context, small, list),
      pairs: context.pairs ?? PAIRS,
    });
    yield pairedResult(`${list}, against 1% of the patterns`, times, MOST_GROWTH);
    yield {
      what: `${list}, of ${LARGE} patterns`,
      ours: `${times.oursMs.toFixed(0)} ms`,
      floor: null,
      value: times.oursMs,
      limit: { kind: 'at most', value: MOST_MS, unit: 'ms' },
    };
  }
}

// --- internal ---

function filled({ throwaway }: BenchContext, patterns: number, isBusy: boolean): TrackerPaths {
  const paths = throwaway.home();
  mkdirSync(paths.data, { recursive: true });
  fillLists(paths.database, patterns, { isBusy });
  return paths;
}

function listCommand({ throwaway }: BenchContext, paths: TrackerPaths, list: string): Command {
  const cli = join(throwaway.program, 'dist', 'cli.mjs');
  return {
    ...nodeCommand(throwaway, [cli, ...list.split(' ')]),
    env: throwaway.envOf(paths),
  };
}
