import { setTimeout } from 'node:timers/promises';
import { isoTime } from '../../base/clock.ts';
import { counted } from '../../base/amount-text.ts';
import { TrackerError } from '../../base/errors.ts';
import { localTime, span } from '../../base/time-text.ts';
import type { Config } from '../../config/config.ts';
import type { ProxySettings } from '../../delivery/http/proxy-settings.ts';
import { MAIN_SINK } from '../../delivery/sinks.ts';
import { probeSinks } from '../../health/sink-probes.ts';
import { UsageError } from '../arguments/usage-error.ts';
import type { CliEnvironment } from '../environment.ts';
import { printJson } from '../output/json-output.ts';
import { plainLine } from '../output/plain-text.ts';
import { painter } from '../listing/table.ts';
import { latencySpread } from './latency-spread.ts';

/** What to ask how often. */
export interface ServerWatchOptions {
  readonly config: Config;
  readonly proxy: ProxySettings;
  readonly times: number;
  readonly everyMs: number;
  readonly json: boolean;
}

/**
 * Asks the server for its health again and again, and says how long the answers took; Ctrl-C ends it early.
 *
 * @throws TrackerError E_NO_SERVER when the configuration names none
 */
export async function watchServer(
  cli: CliEnvironment,
  { config, proxy, times, everyMs, json }: ServerWatchOptions,
): Promise<number> {
  const address = MAIN_SINK.address(config);
  if (address === null) {
    throw new TrackerError('E_NO_SERVER', 'no server is configured', {
      hint: `Set ${MAIN_SINK.key} in ${cli.paths.configFile}, or ${MAIN_SINK.variable}.`,
    });
  }
  const signal = cli.interruption();
  const answers: Answer[] = [];
  while (answers.length < times && !signal.aborted) {
    if (answers.length > 0) await setTimeout(everyMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) break;
    const answer = await ask(config, proxy, cli);
    answers.push(answer);
    if (!json) cli.out(line(answer, answers.length, times, cli));
  }
  const failures = answers.filter(({ ok }) => !ok).length;
  const spread = latencySpread(answers.flatMap(({ ms }) => ms ?? []));
  if (json) {
    printJson(cli, {
      address,
      attempts: answers.length,
      failures,
      minMs: spread?.min ?? null,
      p50Ms: spread?.p50 ?? null,
      p95Ms: spread?.p95 ?? null,
      answers,
    });
  } else {
    const took = spread
      ? `min ${span(spread.min)}, p50 ${span(spread.p50)}, p95 ${span(spread.p95)}`
      : 'no answer came';
    cli.out(
      `\n${plainLine(address)}: ${counted(answers.length, 'attempt')}, ${counted(failures, 'failure')}; ${took}\n`,
    );
  }
  return failures === 0 && answers.length > 0 ? 0 : 1;
}

/** @throws UsageError when the text is no number of times, 1 to 100,000 */
export function parseTimes(text: string): number {
  const times = /^\d+$/.test(text) ? Number(text) : 0;
  if (times >= 1 && times <= MAX_TIMES) return times;
  throw new UsageError(`--watch is "${text}"`, `Expected a number of times, 1 to ${MAX_TIMES}.`);
}

/** @throws UsageError when the text is no number of seconds, 0 to a day */
export function parseSeconds(option: string, text: string): number {
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (seconds <= MAX_SECONDS) return seconds;
  throw new UsageError(`${option} is "${text}"`, `Expected seconds, 0 to ${MAX_SECONDS}.`);
}

// --- internal ---

const MAX_TIMES = 100_000;
const MAX_SECONDS = 86_400;

interface Answer {
  /** ISO 8601. */
  readonly at: string;
  readonly ok: boolean;
  /** Milliseconds, to the tenth; null when no answer came. */
  readonly ms: number | null;
  readonly detail: string;
}

async function ask(config: Config, proxy: ProxySettings, { now }: CliEnvironment): Promise<Answer> {
  const at = isoTime(now());
  const probe = (await probeSinks(config, { now, proxy })).get(MAIN_SINK);
  // Without a probe something is missing that a request needs, such as the token.
  const { isWell, detail, latencyMs } = probe ?? {
    isWell: false,
    detail: 'no request can be made: see `pattern-tracker config check`',
  };
  return {
    at,
    ok: isWell,
    ms: latencyMs === undefined ? null : Math.round(latencyMs * 10) / 10,
    detail,
  };
}

function line({ at, ok, ms, detail }: Answer, n: number, of: number, cli: CliEnvironment): string {
  const paint = painter(cli.color);
  const mark = ok ? paint('green', '✓') : paint('red', '✗');
  const took = (ms === null ? 'no answer' : span(ms)).padEnd('no answer'.length);
  const number = `${n}`.padStart(`${of}`.length);
  return `${mark} ${number}  ${localTime(Date.parse(at)).slice(11)}  ${took}  ${plainLine(detail)}\n`;
}
