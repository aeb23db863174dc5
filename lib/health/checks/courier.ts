import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { startCourier } from '../../capture/courier-start.ts';
import { readCourier } from '../courier-facts.ts';
import type { CourierFacts } from '../courier-facts.ts';
import type { CheckFacts } from './check-facts.ts';
import { fail, INSTALL, nodeLink, noBundle, ok, warn } from './check.ts';
import type { CheckFinding } from './check.ts';

/** The longest wait for a courier to start, and how often it is looked for, in milliseconds. */
const START_MS = 10_000;
const POLL_MS = 50;
const FIRST_EVENT = 'Start Claude Code: the first event creates it.';

/** A courier lives or can be started, and it is not degraded. */
export async function courierStartable(facts: CheckFacts): Promise<CheckFinding> {
  const { paths, env, installation } = facts;
  const before = readCourier(paths);
  if (before.pid !== null && before.status !== 'starting') return judged(before, 'runs');
  if (!existsSync(paths.data)) {
    const mend = installation.registration.plugin === undefined ? INSTALL : FIRST_EVENT;
    return warn(`not tried: there is no ${paths.data}`, mend);
  }
  const { courier } = installation;
  if (courier === undefined) return noBundle(facts);
  const link = nodeLink(facts);
  const node = existsSync(link) ? link : process.execPath;
  startCourier({ home: paths.home, courier, node, env });
  for (let waited = 0; waited <= START_MS; waited += POLL_MS) {
    const report = readCourier(paths);
    if (report.pid !== null && report.status !== 'starting') return judged(report, 'started');
    await delay(POLL_MS);
  }
  const { reason, hint } = readCourier(paths);
  return fail(
    `started, but none was running within ${START_MS / 1000} s${reason ? `; it last said: ${reason}` : ''}`,
    hint ?? `Run it by hand to see why: '${node}' '${courier}' --home '${paths.home}'`,
  );
}

// --- internal ---

function judged({ status, pid, reason, hint }: CourierFacts, how: string): CheckFinding {
  if (status === 'stalled')
    return fail(`lives, pid ${pid ?? 'unknown'}, but ${reason}`, hint ?? 'See the other checks.');
  if (status !== 'degraded' && reason !== null)
    return warn(`${how}, pid ${pid}, ${status}: ${reason}`, hint ?? 'See the other checks.');
  if (status !== 'degraded') return ok(`${how}, pid ${pid}, ${status}`);
  return fail(
    `pid ${pid} cannot ingest: ${reason ?? 'it gives no reason'}`,
    hint ?? 'See the other checks.',
  );
}
