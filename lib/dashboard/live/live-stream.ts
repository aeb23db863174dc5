import type { SSEStreamingApi } from 'hono/streaming';
import { terminalSafe } from '../../base/terminal-safe.ts';
import type { ChangeWatch } from './change-watch.ts';
import type { Live } from './live-message.ts';

/**
 * Sends changes as server-sent events until the browser goes. Their id is that of the newest stored event, so that
 * whoever comes back with it is told what it has missed.
 *
 * @param after the id of the last event that the browser knows; not a number where it knows none
 */
export async function liveStream(
  watch: ChangeWatch,
  stream: SSEStreamingApi,
  after: number,
): Promise<void> {
  // One write after the other; a browser that reads slowly gets the changes of the meantime as one.
  let waiting: { change: Live['change'] | undefined; state: Live['state'] | undefined; id: number };
  waiting = { change: undefined, state: undefined, id: 0 };
  let wake = () => {};
  let isOver = false;
  const stop = watch.listen(
    {
      onChange: (change, id) => {
        waiting = { ...waiting, change: joined(waiting.change, change), id };
        wake();
      },
      onState: (state, id) => {
        waiting = { ...waiting, state, id };
        wake();
      },
      onEnd: () => {
        isOver = true;
        wake();
      },
    },
    Number.isNaN(after) ? watch.newest() : after,
  );
  stream.onAbort(() => {
    isOver = true;
    stop();
    wake();
  });
  while (!isOver && !stream.aborted) {
    const { change, state, id } = waiting;
    waiting = { change: undefined, state: undefined, id };
    if (change)
      await stream.writeSSE({
        event: 'change',
        id: `${id}`,
        data: terminalSafe(JSON.stringify(change)),
      });
    if (state)
      await stream.writeSSE({
        event: 'state',
        id: `${id}`,
        data: terminalSafe(JSON.stringify(state)),
      });
    if (!isOver && waiting.change === undefined && waiting.state === undefined) {
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  stop();
}

// --- internal ---

function joined(before: Live['change'] | undefined, change: Live['change']): Live['change'] {
  if (before === undefined) return change;
  if (before.sessions === null || change.sessions === null) return { sessions: null };
  return { sessions: [...new Set([...before.sessions, ...change.sessions])] };
}
