import { Presets, SingleBar } from 'cli-progress';
import type { Settled } from '../../delivery/settlement.ts';
import type { CliEnvironment } from '../environment.ts';

/** What a flush shows while it runs. */
export interface FlushProgress {
  readonly update: (settled: Settled) => void;
  /** Says, once, that another process is delivering. */
  readonly wait: () => void;
  readonly end: () => void;
}

/** A bar with counts and the time left, on standard error and only on a terminal; none if `cli` is undefined. */
export function flushProgress(cli: CliEnvironment | undefined, total: number): FlushProgress {
  let hasWaited = false;
  const wait = () => {
    if (hasWaited || !cli) return;
    hasWaited = true;
    cli.err('A courier is delivering; waiting until it has finished …\n');
  };
  if (!cli?.isTTY || total === 0) return { update: () => {}, wait, end: () => {} };
  const bar = new SingleBar(
    {
      format: '{bar} {value}/{total} events, {delivered} delivered, {eta_formatted} left',
      hideCursor: true,
      clearOnComplete: true,
      etaBuffer: 50,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0, { delivered: 0 });
  return {
    update: ({ delivered, dead, failed }) => bar.update(delivered + dead + failed, { delivered }),
    wait,
    end: () => bar.stop(),
  };
}
