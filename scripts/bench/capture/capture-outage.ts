import { pairedResult } from '../measure/benchmark.ts';
import type { Benchmark } from '../measure/benchmark.ts';
import { NODE_FRONT, SH_FRONT } from './capture-home.ts';
import type { Front } from './capture-home.ts';
import { timeCommands } from '../measure/command-timing.ts';
import type { Command } from '../measure/command-timing.ts';
import { CourierProcess } from '../courier/courier-process.ts';
import { startLineageServer } from '../delivery/lineage-server-process.ts';
import { queueEvents } from '../delivery/queued-events.ts';
import { payloadOf } from './sample-payload.ts';
import type { Throwaway } from '../measure/throwaway.ts';

const PAIRS = 200;
const QUEUED = 5_000;
const EVENT_BYTES = 1024;

/**
 * Measures whether capture is slower while the server hangs. Both homes have a live courier that
 * delivers.
 */
export const captureOutage: Benchmark = {
  name: 'capture-outage',
  async *run({ throwaway, pairs = PAIRS }) {
    const input = throwaway.file('event.json', payloadOf(EVENT_BYTES));
    const hanging = await deliveringHome(throwaway, 'hangs');
    const well = await deliveringHome(throwaway, 'answers');
    try {
      for (const front of [SH_FRONT, NODE_FRONT]) {
        const ours = hanging.command(front, input);
        const floor = well.command(front, input);
        const times = timeCommands(throwaway, { ours, floor, pairs });
        yield pairedResult(
          `${front.name}, the server hangs, against one that answers`,
          times,
          1.05,
        );
      }
    } finally {
      await hanging.courier.end();
      await well.courier.end();
    }
  },
};

// --- internal ---

interface DeliveringHome {
  readonly courier: CourierProcess;
  readonly command: (front: Front, input: string) => Command;
}

async function deliveringHome(
  throwaway: Throwaway,
  manner: 'answers' | 'hangs',
): Promise<DeliveringHome> {
  const url = await startLineageServer(throwaway, manner);
  const paths = throwaway.home(`api: { base_url: '${url}' }\n`);
  queueEvents(paths.database, QUEUED);
  const courier = new CourierProcess(throwaway, paths);
  await courier.showsHint();
  return {
    courier,
    command: (front, input) => ({
      ...front.command(throwaway),
      input,
      env: throwaway.envOf(paths),
      cwd: throwaway.root,
    }),
  };
}
