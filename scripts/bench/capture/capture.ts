import { pairedResult } from '../measure/benchmark.ts';
import type { Benchmark } from '../measure/benchmark.ts';
import { CaptureHome, EVENT_SIZES, NODE_FRONT, SH_FRONT } from './capture-home.ts';
import { payloadOf } from './sample-payload.ts';
import { catCommand, nodeCommand, timeCommands } from '../measure/command-timing.ts';

/** Single pairs vary, and a pair takes only milliseconds, so there are many. */
const PAIRS = 100;
const BACKLOG = 50_000;

/** Measures what hooks/capture.sh costs while a courier lives. */
export const captureSh: Benchmark = {
  name: 'capture-sh',
  async *run({ throwaway, pairs = PAIRS }) {
    const home = new CaptureHome(throwaway);
    for (const { name, bytes } of EVENT_SIZES) {
      const input = throwaway.file('event.json', payloadOf(bytes));
      const ours = home.command(SH_FRONT, input);
      const cat = timeCommands(throwaway, { ours, floor: catCommand(throwaway, input), pairs });
      yield pairedResult(`${name}, against cat > FILE`, cat, 1.8);
      const node = nodeCommand(throwaway, ['-e', '0']);
      yield pairedResult(
        `${name}, against node -e 0`,
        timeCommands(throwaway, { ours, floor: node, pairs }),
        0.25,
      );
      home.clear(2 * pairs);
    }
  },
};

/** Measures what the Node front costs while a courier lives. */
export const captureNode: Benchmark = {
  name: 'capture-node',
  async *run({ throwaway, pairs = PAIRS }) {
    const home = new CaptureHome(throwaway);
    for (const { name, bytes } of EVENT_SIZES) {
      const input = throwaway.file('event.json', payloadOf(bytes));
      const ours = home.command(NODE_FRONT, input);
      const floor = nodeCommand(throwaway, ['-e', '0']);
      const times = timeCommands(throwaway, { ours, floor, pairs });
      yield pairedResult(`${name}, against node -e 0`, times, 1.12);
      home.clear(pairs);
    }
  },
};

/** Measures whether capture is slower with a backlog in the spool. */
export const captureBacklog: Benchmark = {
  name: 'capture-backlog',
  async *run({ throwaway, pairs = PAIRS }) {
    const crowded = new CaptureHome(throwaway, { waiting: BACKLOG });
    const empty = new CaptureHome(throwaway);
    for (const front of [SH_FRONT, NODE_FRONT]) {
      for (const { name, bytes } of EVENT_SIZES) {
        const input = throwaway.file('event.json', payloadOf(bytes));
        const ours = crowded.command(front, input);
        const floor = empty.command(front, input);
        const times = timeCommands(throwaway, { ours, floor, pairs });
        yield pairedResult(`${front.name}, ${name}, ${BACKLOG} waiting, against none`, times, 1.1);
        for (const home of [crowded, empty]) home.clear(pairs);
      }
    }
  },
};
