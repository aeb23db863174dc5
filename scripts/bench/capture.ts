import { DEFAULT_PAIRS, pairedResult } from './benchmark.ts';
import type { Benchmark } from './benchmark.ts';
import { CaptureHome, EVENT_SIZES, NODE_FRONT, SH_FRONT } from './capture-home.ts';
import { timeCat, timeNode } from './floors.ts';
import { measureInTurn } from './pairs.ts';
import { payloadOf } from './sample-payload.ts';

/** What hooks/capture.sh costs, while its courier lives. */
export const captureSh: Benchmark = {
  name: 'capture-sh',
  async *run({ throwaway, pairs = DEFAULT_PAIRS }) {
    const home = new CaptureHome(throwaway);
    for (const { name, bytes } of EVENT_SIZES) {
      const input = throwaway.file('event.json', payloadOf(bytes));
      const overCat = await measureInTurn(
        pairs,
        () => home.time(SH_FRONT, input),
        () => timeCat(throwaway, input),
      );
      yield pairedResult(`${name}, against cat > FILE`, overCat, 1.8);
      const overNode = await measureInTurn(
        pairs,
        () => home.time(SH_FRONT, input),
        () => timeNode(throwaway),
      );
      yield pairedResult(`${name}, against node -e 0`, overNode, 0.25);
    }
  },
};

/** What the bundles for Node.js cost, while their courier lives. */
export const captureNode: Benchmark = {
  name: 'capture-node',
  async *run({ throwaway, pairs = DEFAULT_PAIRS }) {
    const home = new CaptureHome(throwaway);
    for (const { name, bytes } of EVENT_SIZES) {
      const input = throwaway.file('event.json', payloadOf(bytes));
      const times = await measureInTurn(
        pairs,
        () => home.time(NODE_FRONT, input),
        () => timeNode(throwaway),
      );
      yield pairedResult(`${name}, against node -e 0`, times, 1.12);
    }
  },
};

const BACKLOG = 50_000;

/** Whether capture gets slower when nobody takes what it writes. */
export const captureBacklog: Benchmark = {
  name: 'capture-backlog',
  async *run({ throwaway, pairs = DEFAULT_PAIRS }) {
    const crowded = new CaptureHome(throwaway, { waiting: BACKLOG });
    const empty = new CaptureHome(throwaway);
    for (const front of [SH_FRONT, NODE_FRONT]) {
      for (const { name, bytes } of EVENT_SIZES) {
        const input = throwaway.file('event.json', payloadOf(bytes));
        const times = await measureInTurn(
          pairs,
          () => crowded.time(front, input),
          () => empty.time(front, input),
        );
        yield pairedResult(`${front.name}, ${name}, ${BACKLOG} waiting, against none`, times, 1.1);
      }
    }
  },
};
