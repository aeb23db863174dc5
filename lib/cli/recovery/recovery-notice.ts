import { hostname } from 'node:os';
import { AlertSender } from '../../alerts/alert-sender.ts';
import { RESPONSE_MINUTES } from '../../alerts/alert-rule.ts';
import { runbookLink } from '../../alerts/runbook-link.ts';
import { counted } from '../../base/amount-text.ts';
import type { Config } from '../../config/config.ts';
import type { AlertMessage } from '../../delivery/alerts/alert-message.ts';
import { openLog } from '../../log/pino-log.ts';
import { alertSources } from '../alerts/alert-sources.ts';
import type { CliEnvironment } from '../environment.ts';
import type { Problem, Scenario } from './diagnosis.ts';

/** How a recovery went. */
export interface Recovery {
  readonly scenario: Scenario;
  /** What was broken when it began. */
  readonly problems: readonly Problem[];
  /** When it began, in milliseconds since 1970 UTC. */
  readonly startedAt: number;
  readonly isOk: boolean;
}

/** Operators grep for these lines and their runbooks may quote them, so they do not change. */
const RECOVERED = '✅ [PatternTracker] Recovered';
const NOT_RECOVERED = '❌ [PatternTracker] Not recovered';

/**
 * Notes in the log how a recovery ended, and tells those who are told of alerts: they did not see it. What keeps them from
 * being told is a line in the log.
 */
export async function noteRecovery(
  cli: CliEnvironment,
  config: Config,
  recovery: Recovery,
): Promise<void> {
  const { paths, now } = cli;
  const log = openLog(paths, config.logging, {
    clock: now,
    pid: process.pid,
    clean: (text) => text,
  });
  const { scenario, isOk } = recovery;
  const fields = { scenario, problems: recovery.problems.map(({ id }) => id).join(', ') };
  if (isOk) log.info(RECOVERED, fields);
  else log.warn(NOT_RECOVERED, fields);
  try {
    if (config.alerts.enabled) await tellPeople(cli, config, recovery);
  } catch (error) {
    log.error('Nobody can be told of the recovery', error);
  } finally {
    await log.close();
  }
}

// --- internal ---

async function tellPeople(cli: CliEnvironment, config: Config, recovery: Recovery): Promise<void> {
  const sender = await AlertSender.open(alertSources(cli));
  try {
    await sender.notify(recoveryMessage(cli, config, recovery, sender.clean), config);
    await sender.send(config);
  } finally {
    await sender.close();
  }
}

function recoveryMessage(
  { paths, now }: CliEnvironment,
  { escalation: { level_2, level_3 } }: Config,
  { scenario, problems, startedAt, isOk }: Recovery,
  clean: (text: string) => string,
): AlertMessage {
  const found = problems.map((problem) => problem.found).join('; ');
  const end = isOk ? 'An event has arrived since' : 'No event has arrived since';
  const level = 'critical'; // of which everybody wants to be told
  return {
    id: `recovery-${startedAt}`,
    rule: 'recovery',
    state: isOk ? 'resolved' : 'firing',
    level,
    respond_within_minutes: RESPONSE_MINUTES[level],
    title: isOk ? 'Recovered' : 'Not recovered',
    detail: clean(
      `\`recover ${scenario}\` found ${counted(problems.length, 'problem')}: ${found}. ${end}`,
    ),
    action: 'pattern-tracker recover',
    runbook: runbookLink(paths, SECTIONS[scenario]),
    since: new Date(startedAt).toISOString(),
    at: new Date(now()).toISOString(),
    machine: hostname(),
    escalation: { level_2, level_3 },
  };
}

const SECTIONS: Readonly<Record<Scenario, string>> = {
  failure: 'scenario-1-complete-system-failure',
  corruption: 'scenario-2-database-corruption',
  partition: 'scenario-3-network-partition',
};
