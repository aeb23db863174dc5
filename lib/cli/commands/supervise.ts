import { hostname } from 'node:os';
import { AlertSender } from '../../alerts/alert-sender.ts';
import { AlertWatch } from '../../alerts/alert-watch.ts';
import { errorMessage } from '../../base/errors.ts';
import { span } from '../../base/time-text.ts';
import { alertSources } from '../alerts/alert-sources.ts';
import { ANY_NUMBER } from '../arguments/arguments.ts';
import { parseSpan } from '../arguments/span.ts';
import { UsageError } from '../arguments/usage-error.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { printJsonLine } from '../output/json-output.ts';
import { noteSupervised } from '../recovery/served-service.ts';
import { supervise } from '../supervision/supervisor.ts';
import type { SupervisorEvent } from '../supervision/supervisor.ts';

const READY_MS = 60_000;
const STEADY_MS = 300_000;
const FIRST_WAIT_MS = 1_000;
const MOST_RESTARTS = 1_000;
const LONGEST_PROBE_MS = 3_600_000;

/** `supervise`: keeps the service running. */
export const superviseCommand = trackerCommand({
  name: 'supervise',
  summary: 'Keep `serve` running: start it again when it fails.',
  examples: [
    'pattern-tracker supervise',
    'pattern-tracker supervise --restarts 10 -- --port 8054 --log',
  ],
  details: `Words behind \`--\` are options of \`serve\`. Its \`/health/live\` is asked again and again; if it does not answer three times in a row, or
ends, it is started again: after 1 s, 2 s, 4 s and so on, a minute at most. After as many restarts as --restarts says, without five minutes in
health between them, supervise gives up: the alert service_down fires, and is over when the service is ready again. On SIGTERM it ends the
service and itself. Where systemd or launchd runs, \`serve --install-unit\` does the same with what is there.`,
  json: 'a line for each event: {kind: "ready", url, pid}, {kind: "restarting", why, restart, wait_ms}, {kind: "given up", why}.',
  exitCodes: '0 when it was stopped, 1 when it gave up.',
  args: {
    options: {
      type: 'positional',
      required: false,
      valueHint: ANY_NUMBER,
      description: 'Behind --: options of serve',
    },
    restarts: {
      type: 'string',
      valueHint: 'n',
      default: '5',
      description: 'Restarts in a row before it gives up',
    },
    probe: {
      type: 'string',
      valueHint: 'time',
      default: '10s',
      description: 'How often the service is asked',
    },
    ...common.jsonArg,
  },
  async run(args, cli) {
    const restarts = /^\d+$/.test(args.restarts) ? Number(args.restarts) : NaN;
    if (!(restarts <= MOST_RESTARTS)) {
      throw new UsageError(`--restarts is "${args.restarts}"`, `Expected 0 to ${MOST_RESTARTS}.`);
    }
    if (cli.program === undefined) throw new UsageError('it is not known which program runs');
    const { home } = cli.paths;
    const serve = ['--home', home, 'serve', ...args._, '--json'];
    const end = await supervise(
      {
        command: [process.execPath, cli.program, ...serve],
        env: cli.env,
        restarts,
        probeEveryMs: parseSpan('--probe', args.probe, LONGEST_PROBE_MS),
        readyMs: READY_MS,
        steadyMs: STEADY_MS,
        waitMs: FIRST_WAIT_MS,
        onEvent: async (event) => {
          if (args.json) printJsonLine(cli, event);
          else cli.out(`${eventText(event)}\n`);
          if (event.kind === 'restarting') return;
          if (event.kind === 'ready') noteSupervised(cli, event.url);
          await tellOf(event, cli).catch((error: unknown) => {
            cli.err(`warning: the alert could not be told: ${errorMessage(error)}\n`);
          });
        },
      },
      cli.interruption(),
    );
    return end === 'stopped' ? 0 : 1;
  },
});

// --- internal ---

function eventText(event: SupervisorEvent): string {
  if (event.kind === 'ready') return `Serving at ${event.url}, pid ${event.pid}`;
  if (event.kind === 'given up') return `Given up: ${event.why}`;
  return `Restart ${event.restart} in ${span(event.waitMs)}: ${event.why}`;
}

/** What supervise gave up is an alert, until the service is ready again. */
async function tellOf(event: SupervisorEvent, cli: CliEnvironment): Promise<void> {
  const sources = alertSources(cli);
  const sender = await AlertSender.open(sources);
  try {
    const { clean, tell } = sender;
    const watch = new AlertWatch({ sources: () => sources, machine: hostname(), clean, tell });
    const detail =
      event.kind === 'given up' ? `serve was started in vain: ${event.why}` : undefined;
    await watch.report('service_down', detail);
    await sender.send(sources.config.courier.config);
  } finally {
    await sender.close();
  }
}
