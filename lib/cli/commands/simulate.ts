import { counted } from '../../base/amount-text.ts';
import { span } from '../../base/time-text.ts';
import { actionOf } from '../arguments/action.ts';
import { parseSpan } from '../arguments/span.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import { painter } from '../listing/table.ts';
import { printJson } from '../output/json-output.ts';
import { Drill, FAULTS, lostIn } from '../throwaway/drill.ts';
import type { DrillResult, DrillView, Fault } from '../throwaway/drill.ts';
import type { CliEnvironment } from '../environment.ts';

/** `simulate`: an outage, for a drill. */
export const simulateCommand = trackerCommand({
  name: 'simulate',
  summary: 'Make an outage on a throwaway installation, for a drill.',
  examples: [
    'pattern-tracker simulate api-down',
    'pattern-tracker simulate corrupt --for 10s',
    'pattern-tracker simulate flapping --for 2m --json',
  ],
  actions: {
    'api-down': 'the server refuses connections',
    slow: 'its answers come later than the limit of a request',
    flapping: 'it is there and gone by turns',
    partition: 'connections are made, and nothing comes back',
    corrupt: 'a page of the database is damaged; repair mends it',
    'disk-full': 'the hook can write nothing, and counts what it drops',
  },
  details: `An installation and a server are made for it, and removed afterwards; yours is not touched. Claude's calls go through
the real hook all the time, also during the fault. The limits are short: a request may take 1 s, and the breaker stays open
for 2 s. At the end it says whether anything was lost.

Ctrl-C ends the fault, and everything is put in order as at its end. After a kill its courier leaves within a minute, and the next drill
removes the folder.`,
  json: `{ok, fault, for_ms, written, recorded, received, dropped, lost, trips, mended, recovered_after_ms}; the last is null
when not all arrived within 90 s.`,
  exitCodes:
    '0 when nothing was lost, else 1; what a full disk makes the hook drop must be counted.',
  args: {
    action: { type: 'positional', required: true, description: FAULTS.join(', ') },
    for: { type: 'string', valueHint: 'time', default: '30s', description: 'How long: 30s, 2m' },
    ...common.jsonArg,
  },
  async run(args, cli, commands) {
    const fault = actionOf(args.action, FAULTS, 'simulate');
    const forMs = parseSpan('--for', args.for, MAX_MS);
    const signal = cli.interruption();
    const drill = await Drill.begin(cli, commands);
    let result: DrillResult;
    try {
      const onView = args.json ? () => {} : viewPrinter(cli, fault);
      result = await drill.run({ fault, forMs, signal, onView });
    } finally {
      await drill.end();
    }
    const lost = lostIn(result.last);
    const isOk = lost === 0 && result.recoveredAfterMs !== null;
    if (args.json) printJson(cli, forJson(result, { isOk, fault, forMs, lost }));
    else cli.out(text(result, lost, cli));
    return isOk ? 0 : 1;
  },
});

// --- internal ---

const MAX_MS = 86_400_000;

/** Prints a line whenever something has changed. */
function viewPrinter(cli: CliEnvironment, fault: Fault): (view: DrillView) => void {
  const startedAt = cli.now();
  let last = '';
  return ({ phase, written, recorded, waiting, spooled, dropped, received, breaker }) => {
    const name = phase === 'fault' ? fault : phase;
    const drops = dropped === 0 ? '' : `, dropped ${dropped}`;
    const shown = `${name.padEnd(9)}  calls ${written}, spool ${spooled}, recorded ${recorded}, waiting ${waiting}, at the server ${received}${drops}, breaker ${(breaker ?? 'not known').replace('_', ' ')}`;
    if (shown === last) return;
    last = shown;
    cli.out(`${span(cli.now() - startedAt).padStart(6)}  ${shown}\n`);
  };
}

function text({ last, recoveredAfterMs, mended }: DrillResult, lost: number, cli: CliEnvironment) {
  const paint = painter(cli.color);
  const after =
    recoveredAfterMs === null
      ? 'Not all arrived within 90 s after the fault.'
      : `All was in order ${span(recoveredAfterMs)} after the fault.`;
  const dropped = last.dropped === 0 ? '' : `, dropped and counted ${last.dropped}`;
  const verdict = paint(lost === 0 ? 'green' : 'red', `lost ${lost}`);
  return [
    '',
    ...(mended === null ? [] : [`repair: ${mended}`]),
    `${counted(last.written, 'call')}: recorded ${last.recorded}, at the server ${last.received}${dropped}, ${verdict}; ${counted(last.trips, 'trip')} of the breaker.`,
    after,
    '',
  ].join('\n');
}

function forJson(
  { last, recoveredAfterMs, mended }: DrillResult,
  of: {
    readonly isOk: boolean;
    readonly fault: Fault;
    readonly forMs: number;
    readonly lost: number;
  },
) {
  const { written, recorded, received, dropped, trips } = last;
  return {
    ok: of.isOk,
    fault: of.fault,
    forMs: of.forMs,
    written,
    recorded,
    received,
    dropped,
    lost: of.lost,
    trips,
    mended,
    recoveredAfterMs: recoveredAfterMs === null ? null : Math.round(recoveredAfterMs),
  };
}
