import { nounOf } from '../../delivery/sink-noun.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import { namedReasons, readDeliveryHealth } from '../delivery/delivery-health.ts';
import type { DeliveryHealth, SinkHealth } from '../delivery/delivery-health.ts';
import type { CliEnvironment } from '../environment.ts';
import { printJson } from '../output/json-output.ts';
import { plainLine } from '../output/plain-text.ts';
import { counted } from '../../base/amount-text.ts';
import { noAddressText, titleOf } from '../output/sink-text.ts';
import { gatherStatus } from '../status/status-report.ts';
import type { StatusReport } from '../status/status-report.ts';
import { painter } from '../output/table.ts';
import { span } from '../../base/time-text.ts';

/** Three times the longest wait between two attempts (5 min), in milliseconds. */
const STALLED_MS = 900_000;
const EXIT_CODES = { healthy: 0, degraded: 1, unhealthy: 2 } as const;

export const healthCommand = trackerCommand({
  name: 'health',
  description: `Say in one word whether all is well, and why if not.

Degraded: nothing is lost, but something needs a look. Unhealthy: nothing is recorded.

--json prints {status, api_available, cache_size, base_url, enabled, outbox: {waiting, dead,
oldest_at}, circuit_breaker, reasons, sinks: [{sink, address, available, outbox, circuit_breaker}]}.
What is not in sinks is about the server (http), but for status and reasons, which are about all.

Exit code 0 healthy, 1 degraded, 2 unhealthy.`,
  args: {
    probe: {
      type: 'boolean',
      description: 'Ask the server too (no collector); else the last answer counts',
    },
    ...common.jsonArg,
  },
  async run({ probe, json }, cli) {
    const health = await healthOf(cli, probe === true);
    if (json) printJson(cli, forJson(health));
    else cli.out(text(health, cli));
    return EXIT_CODES[health.status];
  },
});

// --- internal ---

/** What is known of delivery, and what only this machine's installation can be asked. */
async function healthOf(cli: CliEnvironment, asksServer: boolean): Promise<DeliveryHealth> {
  const report = await gatherStatus(cli);
  const delivery = await readDeliveryHealth(cli, asksServer);
  const fatal = fatalReasons(report);
  const reasons = [
    ...fatal,
    ...minorReasons(report),
    ...stalledReasons(report, cli.now()),
    // Without a database it has nothing to add.
    ...(report.databaseError ? [] : delivery.reasons),
  ];
  const status =
    fatal.length > 0 || delivery.status === 'unhealthy'
      ? 'unhealthy'
      : reasons.length > 0
        ? 'degraded'
        : 'healthy';
  return { ...delivery, status, reasons };
}

function fatalReasons({ recording, databaseError }: StatusReport): string[] {
  const reasons: string[] = [];
  if (recording.state === 'off') reasons.push(`Nothing is recorded: ${recording.why}.`);
  if (databaseError) reasons.push(`The database can not be read: ${databaseError.message}.`);
  return reasons;
}

function minorReasons({ courier, spool, setAside }: StatusReport): string[] {
  const reasons: string[] = [];
  if (courier.status === 'degraded')
    reasons.push(`The courier is degraded: ${courier.reason ?? ''}.`);
  if (spool.isFull) reasons.push('The spool is full: events are dropped.');
  const dropped = spool.dropped.unwritable + spool.dropped.spoolFull;
  if (dropped > 0) reasons.push(`Events were dropped: ${dropped}.`);
  if (setAside) reasons.push(`A corrupt database was set aside as ${setAside.path}.`);
  return reasons;
}

/** An event that waits while others go through is not one: it becomes a dead letter in time. */
function stalledReasons({ deliveries }: StatusReport, now: number): string[] {
  const sinks = deliveries.map(({ sink }) => sink);
  return deliveries.flatMap(({ sink, address, waiting, oldestAt, lastDeliveredAt }) => {
    if (address === null || oldestAt === null) return [];
    const idle = now - Math.max(oldestAt, lastDeliveredAt ?? 0);
    if (idle < STALLED_MS) return [];
    return namedReasons(sink, sinks, [
      `Nothing was delivered for ${span(idle)}, and ${counted(waiting, 'event')} wait${waiting === 1 ? 's' : ''}: run \`pattern-tracker flush\`.`,
    ]);
  });
}

function forJson({ sinks, ...health }: DeliveryHealth) {
  return { ...health, sinks: sinks.map(({ sink, ...rest }) => ({ sink: sink.name, ...rest })) };
}

function text({ status, reasons, sinks }: DeliveryHealth, cli: CliEnvironment): string {
  const paint = painter(cli.color);
  const color = { healthy: 'green', degraded: 'yellow', unhealthy: 'red' } as const;
  const fields = sinks.flatMap((health): [label: string, value: string][] => [
    [titleOf(health.sink), addressText(health, sinks)],
    ['Waiting', `${health.outbox.waiting}, dead letters ${health.outbox.dead}`],
  ]);
  const width = Math.max(...fields.map(([label]) => label.length));
  const lines = [
    ...fields.map(([label, value]) => `${label.padEnd(width)}  ${value}`),
    ...reasons.map((reason) => `- ${reason}`),
  ];
  return `${paint(color[status], status)}\n${lines.map((line) => `${plainLine(line)}\n`).join('')}`;
}

function addressText({ sink, address, available }: SinkHealth, all: readonly SinkHealth[]): string {
  if (address === null) return noAddressText(`no ${nounOf(sink)}`, all);
  return `${address}, ${AVAILABLE_WORDS[`${available}`]}`;
}

const AVAILABLE_WORDS = {
  true: 'available',
  false: 'not available',
  null: 'not asked yet',
} as const;
