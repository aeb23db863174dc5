import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DeliveryLoop } from '../../lib/delivery/delivery-loop.ts';
import type { DrainReport } from '../../lib/delivery/delivery.ts';

const NOTHING_LEFT: DrainReport = {
  delivered: 1,
  dead: 0,
  failed: 0,
  end: 'empty',
  nextAt: undefined,
  lastError: undefined,
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loop-'));
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

describe('the delivery loop after faults of our own', () => {
  it('waits twice as long after each, a minute at most, and a second again after a success', async () => {
    const stop = new AbortController();
    const begunAt = Date.now();
    const faultsAt: number[] = [];
    let isBroken = true;
    const loop = new DeliveryLoop({
      clock: Date.now,
      lockPath: join(folder, 'delivery.lock'),
      isOn: () => true,
      outlook: () => ({ isDue: true, nextAt: undefined }),
      drain: async () => {
        if (isBroken) throw new Error('no token file');
        return NOTHING_LEFT;
      },
      onRest: () => {},
      onError: () => void faultsAt.push((Date.now() - begunAt) / 1_000),
    });
    const running = loop.run(stop.signal);
    await vi.advanceTimersByTimeAsync(200_000);
    expect(faultsAt).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183]);

    isBroken = false;
    await vi.advanceTimersByTimeAsync(60_000); // it delivers
    isBroken = true;
    faultsAt.length = 0;
    await vi.advanceTimersByTimeAsync(4_000);
    const [first = 0, second = 0, third = 0] = faultsAt;
    expect([second - first, third - second]).toEqual([1, 2]);

    stop.abort();
    await vi.advanceTimersByTimeAsync(60_000);
    await running;
  });
});
