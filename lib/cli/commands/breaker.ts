import type { BreakerState, Transition } from '../../resilience/breaker.ts';
import { CLOSED } from '../../resilience/breaker.ts';
import { loadConfig } from '../../tracker/config/config-file.ts';
import { breakerPolicy } from '../../tracker/delivery/delivery-policy.ts';
import { actionArg, actionOf } from '../action.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import { withDelivery } from '../delivery-database.ts';
import type { CliEnvironment } from '../environment.ts';
import { isoTime, printJson } from '../json-output.ts';
import { plainLine } from '../plain-text.ts';
import { counted } from '../row-text.ts';
import { painter, renderTable } from '../table.ts';
import type { Paint } from '../table.ts';
import { ago, span } from '../time-text.ts';
import { UsageError } from '../usage-error.ts';

const ACTIONS = ['show', 'reset', 'trip'] as const;
const SHOWN_TRANSITIONS = 10;

export const breakerCommand = trackerCommand({
  name: 'breaker',
  description: `Show the circuit breaker of the server, close it, or open it for a drill.

It is one for all processes. Open, the server is left alone until the recovery timeout is over; half
open, it is probed with single events.

--json prints {state, failure_count, last_failure_time, last_success_time, failure_threshold,
recovery_timeout, opened_at, retry_at, reason, trips, history: [{at, from, to, reason}]}.

Examples
  pattern-tracker breaker
  pattern-tracker breaker reset
  pattern-tracker breaker trip --reason "drill"`,
  args: {
    ...actionArg(ACTIONS),
    reason: { type: 'string', valueHint: 'text', default: 'by hand', description: 'Of a trip' },
    ...common.jsonArg,
  },
  run(args, cli) {
    const action = actionOf(args.action, ACTIONS, 'breaker');
    const view = withDelivery(cli, ({ store: { breaker } }): BreakerView => {
      if (action === 'reset') breaker.reset();
      if (action === 'trip') breaker.trip(args.reason);
      return { state: breaker.read(), history: breaker.history(SHOWN_TRANSITIONS) };
    });
    if (!view && action === 'trip') {
      throw new UsageError('nothing was recorded yet', 'There is no circuit to open.');
    }
    const { state, history } = view ?? { state: CLOSED, history: [] };
    if (args.json) printJson(cli, forJson({ state, history }, cli));
    else cli.out(text({ state, history }, cli));
  },
});

// --- internal ---

interface BreakerView {
  readonly state: BreakerState;
  readonly history: readonly Transition[];
}

function policyOf(cli: CliEnvironment) {
  return breakerPolicy(loadConfig(cli.paths, { env: cli.env }).config);
}

function text({ state, history }: BreakerView, cli: CliEnvironment): string {
  const policy = policyOf(cli);
  const paint = painter(cli.color);
  const now = cli.now();
  const when = (at: number | null) => (at === null ? 'never' : ago(at, now));
  const lines: [string, string, Paint?][] = [
    ['State', state.phase.replace('_', ' '), state.phase === 'closed' ? 'green' : 'red'],
  ];
  if (state.phase !== 'closed' && state.reason !== null) lines.push(['Reason', state.reason]);
  if (state.phase === 'open') {
    const left = (state.openedAt ?? now) + policy.recoveryTimeoutMs - now;
    lines.push(['Probed', left > 0 ? `in ${span(left)}` : 'with the next delivery']);
  }
  lines.push(
    ['Failures', `${state.consecutiveFailures} in a row, opens at ${policy.failureThreshold}`],
    ['Last', `success ${when(state.lastSuccessAt)}, failure ${when(state.lastFailureAt)}`],
    ['Opened', counted(state.trips, 'time')],
  );
  const head = lines
    .map(
      ([label, value, color]) =>
        `${paint('bold', label.padEnd(8))}  ${paint(color, plainLine(value))}\n`,
    )
    .join('');
  if (history.length === 0) return head;
  const table = renderTable<Transition>(
    cli,
    [
      { title: 'WHEN', cell: ({ at }) => ago(at, now) },
      { title: 'FROM', cell: ({ from }) => from.replace('_', ' ') },
      { title: 'TO', cell: ({ to }) => to.replace('_', ' ') },
      { title: 'WHY', cell: ({ reason }) => reason },
    ],
    history,
  );
  return `${head}\n${table}`;
}

function forJson({ state, history }: BreakerView, cli: CliEnvironment) {
  const policy = policyOf(cli);
  return {
    state: state.phase,
    failureCount: state.consecutiveFailures,
    lastFailureTime: isoTime(state.lastFailureAt),
    lastSuccessTime: isoTime(state.lastSuccessAt),
    failureThreshold: policy.failureThreshold,
    recoveryTimeout: policy.recoveryTimeoutMs / 1000,
    openedAt: isoTime(state.openedAt),
    retryAt: isoTime(state.openedAt === null ? null : state.openedAt + policy.recoveryTimeoutMs),
    reason: state.reason,
    trips: state.trips,
    history: history.map(({ at, ...rest }) => ({ at: isoTime(at), ...rest })),
  };
}
