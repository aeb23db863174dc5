import type { DrainReport } from '../../delivery/delivery.ts';
import type { Sink } from '../../delivery/sink.ts';
import { plainLine } from '../output/plain-text.ts';
import { counted } from '../../base/amount-text.ts';

/** The result of a flush to one sink. */
export interface SinkFlush extends Pick<
  DrainReport,
  'delivered' | 'dead' | 'failed' | 'lastError'
> {
  readonly sink: Sink;
  /** `no_access`: no request could be made, for example without the token file. */
  readonly end: DrainReport['end'] | 'no_access';
  /** Events that were asked for and still wait. */
  readonly left: number;
  readonly durationMs: number;
}

/** The result of a flush that sent nothing because nothing waited. */
export const NOTHING_SENT = {
  delivered: 0,
  dead: 0,
  failed: 0,
  end: 'empty',
  lastError: undefined,
  left: 0,
  durationMs: 0,
} as const;

/** 0 when everything was delivered to every sink, 1 when something is left, 2 when a sink cannot be reached. */
export function flushExitCode(flushes: readonly SinkFlush[]): number {
  return Math.max(0, ...flushes.map(sinkExitCode));
}

/** The result for `--json`: sums, and each sink. `end` and `lastError` are those of the worst result. */
export function flushSummary(flushes: readonly SinkFlush[]) {
  const code = flushExitCode(flushes);
  const worst = flushes.find((flush) => sinkExitCode(flush) === code);
  const sum = (of: (flush: SinkFlush) => number) => flushes.reduce((all, one) => all + of(one), 0);
  return {
    delivered: sum(({ delivered }) => delivered),
    dead: sum(({ dead }) => dead),
    failed: sum(({ failed }) => failed),
    left: sum(({ left }) => left),
    end: worst?.end ?? 'empty',
    lastError: worst?.lastError ?? null,
    durationMs: sum(({ durationMs }) => durationMs),
    sinks: flushes.map(({ sink, delivered, dead, failed, left, end, lastError, durationMs }) => ({
      sink: sink.name,
      delivered,
      dead,
      failed,
      left,
      end,
      lastError: lastError ?? null,
      durationMs,
    })),
  };
}

/** The result for people: one sentence per line, or with several sinks one line per sink. */
export function flushText(flushes: readonly SinkFlush[]): string {
  if (flushes.length === 1) return flushes.flatMap(sentences).map(lineOf).join('');
  return flushes
    .map((flush) => lineOf(`${flush.sink.name}: ${sentences(flush).join(' ')}`))
    .join('');
}

// --- internal ---

const UNREACHABLE = 2;

function sinkExitCode({ delivered, dead, failed, end, left }: SinkFlush): number {
  if (end === 'circuit_open' || end === 'no_access') return UNREACHABLE;
  if (failed > 0 && delivered === 0) return UNREACHABLE;
  const isDone = failed === 0 && dead === 0 && end !== 'aborted';
  return isDone && left === 0 ? 0 : 1;
}

function lineOf(text: string): string {
  return `${text}\n`;
}

function sentences(flush: SinkFlush): string[] {
  const { sink, delivered, dead, failed, end, left, lastError, durationMs: ms } = flush;
  const noun = sink.noun;
  const said: string[] = [];
  if (end === 'no_access') said.push(`Nothing could be sent to the ${noun}.`);
  else {
    const rate = ms > 0 && delivered > 0 ? `, ${Math.round((delivered / ms) * 1000)} a second` : '';
    said.push(`Delivered ${counted(delivered, 'event')} in ${(ms / 1000).toFixed(1)} s${rate}.`);
  }
  if (failed > 0) said.push(`${counted(failed, 'event')} failed and will be tried again.`);
  if (dead > 0) {
    said.push(
      `The ${noun} refused ${counted(dead, 'event')}: see \`pattern-tracker outbox list --dead\`.`,
    );
  }
  if (lastError !== undefined) said.push(`Last error: ${plainLine(lastError)}`);
  if (end === 'circuit_open') {
    said.push(`The circuit is open, so the ${noun} is left alone. \`--force\` makes one attempt.`);
  }
  if (end === 'aborted') said.push('Interrupted. Nothing is lost.');
  if (left > 0) said.push(`${counted(left, 'event')} left.`);
  else if (end === 'empty') said.push('Nothing is left.');
  return said;
}
