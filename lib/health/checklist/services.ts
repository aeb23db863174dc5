import { counted } from '../../base/amount-text.ts';
import { isLoopback } from '../../base/loopback.ts';
import { ago, span } from '../../base/time-text.ts';
import { configuredSinks, MAIN_SINK } from '../../delivery/sinks.ts';
import { fail, ok, warn } from '../checks/check.ts';
import type { CheckFinding } from '../checks/check.ts';
import { deliveryHealth } from '../delivery-health.ts';
import { trackerHealth } from '../tracker-health.ts';
import type { ChecklistFacts } from './checklist-facts.ts';

/** Requests that take longer than this are an alert: it is the timeout by default. In milliseconds. */
export const SLOW_MS = 5_000;
/** Answers that take longer than this need a look, in milliseconds. */
const LATE_MS = 1_000;
/** How long events may wait for a courier to start, in milliseconds. A hook starts one at once. */
const START_MS = 60_000;
const HEALTH = 'Run `pattern-tracker health`, and `pattern-tracker doctor`.';

/** What `health` says in one word. */
export function healthy({ gathered, config, probes }: ChecklistFacts): CheckFinding {
  const { status, reasons } = trackerHealth(gathered(), config, probes);
  if (status === 'healthy') return ok(status);
  const found = `${status}: ${reasons.join(' ')}`;
  return status === 'unhealthy' ? fail(found, HEALTH) : warn(found, HEALTH);
}

/** Claude Code calls the hooks. */
export function recordingOn({ gathered }: ChecklistFacts): CheckFinding {
  const { recording } = gathered();
  if (recording.state === 'off') return fail(`off: ${recording.why}`, recording.hint);
  return ok(`on, by ${recording.by.join(' and ')}`);
}

/** The courier works, or has nothing to do; unlike `doctor` it starts none. */
export function courierWorks({ gathered }: ChecklistFacts): CheckFinding {
  const { at, courier, spool } = gathered();
  const { status, pid, reason, hint } = courier;
  const mend = hint ?? 'Run `pattern-tracker doctor`.';
  if (status === 'degraded' || status === 'stalled') {
    return fail(`${status}: ${reason ?? 'it gives no reason'}`, mend);
  }
  if (status !== 'stopped') return ok(`${status}, pid ${pid}`);
  if (spool.oldestAt === null) return ok('none runs, and nothing waits for one');
  const found = `none runs, and ${counted(spool.waiting, 'event')} wait, the oldest from ${ago(spool.oldestAt, at)}`;
  return at - spool.oldestAt > START_MS ? fail(found, mend) : ok(found);
}

/** The service answers, where the server of the configuration is on this machine. */
export function serviceAnswers({ config, probes }: ChecklistFacts): CheckFinding {
  const address = MAIN_SINK.address(config.config);
  if (address === null) return ok('no server is configured, so none is needed here');
  if (!isLoopback(new URL(address).hostname)) return ok(`${address} is on another machine`);
  const probe = probes.get(MAIN_SINK);
  if (probe?.latencyMs !== undefined) return ok(`answers at ${address}`);
  if (!probe) return warn(`not known: ${address} could not be asked`, HEALTH);
  return fail(
    `nothing answers at ${address}: ${probe.detail}`,
    'Run `pattern-tracker recover partition`: it starts it again as it was started, or says who has to.',
  );
}

/** The API says that it is well, and soon enough. */
export function apiHealthy({ config, probes }: ChecklistFacts): CheckFinding {
  const address = MAIN_SINK.address(config.config);
  if (address === null) return ok('no server is configured');
  const probe = probes.get(MAIN_SINK);
  if (!probe) return warn(`not known: ${address} could not be asked`, HEALTH);
  const { isWell, detail, latencyMs } = probe;
  const mend = 'Run `pattern-tracker health --watch 10`, and look at the log of the server.';
  if (latencyMs === undefined) return fail(detail, mend);
  const found = `${detail}, after ${span(latencyMs)}`;
  if (!isWell || latencyMs > SLOW_MS) return fail(found, mend);
  return latencyMs > LATE_MS ? warn(found, mend) : ok(found);
}

/** Delivery to each sink goes well, by what `health` knows of it. */
export function sinksWell({ config, gathered, probes }: ChecklistFacts): CheckFinding {
  const { value: stored, error } = gathered().stored.delivery;
  if (error) return fail(error.message, error.hint ?? HEALTH);
  const { reasons, sinks } = deliveryHealth({ config, stored, probes });
  const mend =
    'Run `pattern-tracker health`, `pattern-tracker breaker` and `pattern-tracker outbox`.';
  if (reasons.length > 0) return fail(reasons.join(' '), mend);
  const named = configuredSinks(config.config);
  if (named.length === 0) return ok('none is configured');
  const unknown = sinks.filter(({ sink, available }) => named.includes(sink) && available === null);
  const found = named.map((sink) => `${sink.noun} at ${sink.address(config.config)}`).join(', ');
  if (unknown.length === 0) return ok(found);
  const nouns = unknown.map(({ sink }) => sink.noun).join(' and ');
  return warn(
    `${found}; whether the ${nouns} can be reached is not known yet`,
    'It is known after the first delivery.',
  );
}
