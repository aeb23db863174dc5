import { counted } from '../../base/amount-text.ts';
import { ago } from '../../base/time-text.ts';
import { MAIN_SINK } from '../../delivery/sinks.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { requestsSince, tripsSince } from '../../store/queries/statistics/delivery-figures.ts';
import type { CheckFinding } from '../checks/check.ts';
import { fail, ok, warn } from '../checks/check.ts';
import { backlog } from '../checks/spool.ts';
import { stalledReasons } from '../tracker-health.ts';
import { factsInUse } from '../stored-facts.ts';
import type { ChecklistFacts } from './checklist-facts.ts';
import { SLOW_MS } from './services.ts';

/** Below this share of delivered events an operator has to act. */
const LEAST_SUCCESS = 0.95;
/** An average response of more milliseconds needs a look, or action. */
const ACCEPTABLE_MS = 500;
const CRITICAL_MS = 1_000;
/** From this share of its bound on, the cache counts as nearly full. */
const HIGH_USAGE = 0.9;
const BREAKER = 'Run `pattern-tracker breaker`, and `pattern-tracker health --watch 20 --every 2`.';

/** Nearly all that was attempted is delivered. */
export function successRate(facts: ChecklistFacts): CheckFinding {
  const { sinks } = facts.deliveries();
  const rates = sinks.map(({ sink, metrics: { success_rate: rate, ...of } }) => ({
    isLow: rate !== null && rate < LEAST_SUCCESS,
    text: `${percent(rate)} of ${counted(of.total_requests, 'event')}${sink === MAIN_SINK ? '' : ` to the ${sink.noun}`}`,
  }));
  if (sinks.every(({ metrics }) => metrics.total_requests === 0)) {
    return ok('nothing was attempted since the metrics were reset');
  }
  const found = rates.map(({ text }) => text).join(', ');
  if (!rates.some(({ isLow }) => isLow)) return ok(found);
  return fail(
    `${found}, which is less than ${percent(LEAST_SUCCESS)}`,
    'Run `pattern-tracker outbox list`: each row says what the server answered.',
  );
}

/** No breaker is open, and none has tripped since yesterday. */
export function breakersClosed(facts: ChecklistFacts): CheckFinding {
  const { at, stored } = facts.gathered();
  const used = factsInUse(facts.config.config, stored.delivery.value);
  const open = used.filter(({ breaker }) => breaker.phase !== 'closed');
  const { count, lastAt } = readDatabase(facts.paths.database, (database) =>
    tripsSince(database, facts.since),
  ) ?? { count: 0, lastAt: 0 };
  const tripped =
    count === 0
      ? 'no trip since yesterday'
      : `${counted(count, 'trip')} since yesterday, the last ${ago(lastAt, at)}`;
  if (open.length > 0) {
    const states = open.map(({ sink, breaker }) => {
      const why = breaker.phase === 'closed' ? '' : `: ${breaker.reason}`;
      return `${sink.noun} ${breaker.phase.replace('_', ' ')}${why}`;
    });
    return fail(`${states.join(', ')}; ${tripped}`, BREAKER);
  }
  return count === 0 ? ok(tripped) : warn(`closed again; ${tripped}`, BREAKER);
}

/** No request since yesterday took longer than 5 seconds. */
export function noneSlow({ paths, since }: ChecklistFacts): CheckFinding {
  const read = readDatabase(paths.database, (database) => requestsSince(database, since, SLOW_MS));
  const { all, slow } = read ?? { all: 0, slow: 0 };
  if (slow === 0)
    return ok(`none of ${counted(all, 'request')} since yesterday took more than 5 s`);
  return warn(
    `${counted(slow, 'request')} of ${all.toLocaleString('en-US')} since yesterday took more than 5 s`,
    'Run `pattern-tracker health --watch 10`; `pattern-tracker metrics` has the average.',
  );
}

/** What waits, in the spool and for the sinks, gets on. */
export function backlogMoves(facts: ChecklistFacts): CheckFinding {
  const gathered = facts.gathered();
  const { at, stored } = gathered;
  const stalled = stalledReasons(gathered, facts.config);
  const mend = 'Run `pattern-tracker flush`, and see the checks of the courier and the API.';
  const spool = backlog(facts);
  const waiting = (stored.delivery.value?.sinks ?? []).flatMap(({ sink, outbox }) =>
    outbox.waiting === 0 || outbox.oldestAt === null
      ? []
      : [
          `${counted(outbox.waiting, 'event')} for the ${sink.noun}, the oldest from ${ago(outbox.oldestAt, at)}`,
        ],
  );
  const outbox = waiting.length === 0 ? 'nothing for a sink' : waiting.join(', ');
  const found = `spool: ${spool.found}; outbox: ${outbox}`;
  if (stalled.length > 0) return fail(`${found}. ${stalled.join(' ')}`, mend);
  return spool.status === 'ok' ? ok(found) : { ...spool, found };
}

/** The sums that end a day: whether the average response is good enough. */
export function performance(facts: ChecklistFacts): CheckFinding {
  const { sinks, cache } = facts.deliveries();
  const lines = sinks.map(({ sink, metrics: of }) => {
    const average = of.avg_response_time_ms;
    const response = average === null ? 'no response yet' : `${average.toFixed(1)} ms on average`;
    return `${sink.noun}: ${counted(of.total_requests, 'event')}, ${percent(of.success_rate)} delivered, ${response}, ${counted(of.circuit_breaker_trips, 'trip')}`;
  });
  const found = [...lines, `cache hits: ${percent(cache.hitRate)}`].join('; ');
  const worst = Math.max(0, ...sinks.map(({ metrics }) => metrics.avg_response_time_ms ?? 0));
  const mend = 'Run `pattern-tracker health --watch 10`, and look at the load of the server.';
  if (worst > CRITICAL_MS) return fail(found, mend);
  return worst > ACCEPTABLE_MS ? warn(found, mend) : ok(found);
}

/** The cache of the server's answers has room. */
export function cacheRoom(facts: ChecklistFacts): CheckFinding {
  const { entries, size, hitRate } = facts.deliveries().cache;
  const found = `${entries.toLocaleString('en-US')} of ${counted(size, 'answer')}, hits: ${percent(hitRate)}`;
  if (entries < size * HIGH_USAGE) return ok(found);
  return warn(
    `nearly full: ${found}`,
    'The oldest make way. If the hits are few, raise pattern_tracking.cache_size.',
  );
}

// --- internal ---

function percent(rate: number | null): string {
  if (rate === null) return 'no data yet';
  const text = (rate * 100).toFixed(1);
  return `${text === '100.0' && rate < 1 ? '99.9' : text} %`;
}
