import { loadConfig } from '../../config/config-file.ts';
import { destinationOf } from '../../delivery/destination.ts';
import { SINKS } from '../../delivery/sinks.ts';
import type { DeliveryHealth, SinkHealth } from '../../health/delivery-health.ts';
import { gatherFacts } from '../../health/health-facts.ts';
import { probeSinks } from '../../health/sink-probes.ts';
import { trackerHealth } from '../../health/tracker-health.ts';
import { readRegistration } from '../../install/settings/registration.ts';
import { allowedRoute, allowEnvArg } from '../arguments/allow-env.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { parseSeconds, parseTimes, watchServer } from '../checklist/server-watch.ts';
import { printJson } from '../output/json-output.ts';
import { plainLine } from '../output/plain-text.ts';
import { noAddressText, noSinkText, titleOf } from '../output/sink-text.ts';
import { painter } from '../listing/table.ts';

/** The sinks that can be asked. */
const PROBED = SINKS.filter((sink) => sink.probe !== undefined);

const EXIT_CODES = { healthy: 0, degraded: 1, unhealthy: 2 } as const;

/** `health`: one word, the reasons, and an exit code. */
export const healthCommand = trackerCommand({
  name: 'health',
  summary: 'Say in one word whether all is well, and if not, why.',
  examples: [
    'pattern-tracker health',
    'pattern-tracker health --probe --json | jq -r .status',
    'pattern-tracker health --watch 20 --every 2',
  ],
  details:
    'Degraded: something needs a look. Unhealthy: nothing is recorded, or the database cannot be used.',
  json: `{status, api_available, cache_size, base_url, enabled, outbox: {waiting, dead, oldest_at},
circuit_breaker, reasons, sinks: [{sink, address, available, outbox, circuit_breaker}]}. Everything outside
sinks is about the server (http), except status and reasons, which are about all. With --watch {address, attempts, failures,
min_ms, p50_ms, p95_ms, answers: [{at, ok, ms, detail}]}; ms is null when no answer came, and so are the others when none did.`,
  exitCodes: '0 healthy, 1 degraded, 2 unhealthy; with --watch 0 if every answer was good, else 1.',
  args: {
    probe: {
      type: 'boolean',
      description: 'Ask the server now (a collector cannot be asked); else the last answer counts',
    },
    watch: {
      type: 'string',
      valueHint: 'n',
      description: 'Ask it n times, and say how long it took',
    },
    every: {
      type: 'string',
      valueHint: 'seconds',
      default: '1',
      description: 'For --watch: how long to wait in between',
    },
    ...allowEnvArg,
    ...common.jsonArg,
  },
  async run(args, cli) {
    const { probe, json } = args;
    const config = loadConfig(cli.paths, { env: cli.env, allowsEnv: args['allow-env'] });
    const isAsked = probe === true || args.watch !== undefined;
    const proxy = isAsked ? allowedRoute(config, PROBED, args, cli) : {};
    if (args.watch !== undefined) {
      return await watchServer(cli, {
        config: config.config,
        proxy,
        times: parseTimes(args.watch),
        everyMs: parseSeconds('--every', args.every) * 1000,
        json: json === true,
      });
    }
    const answer = probe ? await probeSinks(config.config, { now: cli.now, proxy }) : undefined;
    const facts = gatherFacts(cli, {
      registration: readRegistration(cli),
      destination: (sink, database) => destinationOf(sink, config, database),
    });
    const health = trackerHealth(facts, config, answer);
    if (json) printJson(cli, forJson(health));
    else cli.out(text(health, cli, noSinkText(SINKS, config.config, cli.paths)?.mend));
    return EXIT_CODES[health.status];
  },
});

// --- internal ---

function forJson({ sinks, ...health }: DeliveryHealth) {
  return { ...health, sinks: sinks.map(({ sink, ...rest }) => ({ sink: sink.name, ...rest })) };
}

/** @param mend how to name a sink, when the configuration names none */
function text(
  { status, reasons, sinks }: DeliveryHealth,
  cli: CliEnvironment,
  mend: string | undefined,
): string {
  const paint = painter(cli.color);
  const color = { healthy: 'green', degraded: 'yellow', unhealthy: 'red' } as const;
  const fields = sinks.flatMap((health): [label: string, value: string][] => [
    [titleOf(health.sink), addressText(health, sinks, mend)],
    ['Waiting', `${health.outbox.waiting}, dead letters ${health.outbox.dead}`],
  ]);
  const width = Math.max(...fields.map(([label]) => label.length));
  const lines = [
    ...fields.map(([label, value]) => `${label.padEnd(width)}  ${value}`),
    ...reasons.map((reason) => `- ${reason}`),
  ];
  return `${paint(color[status], status)}\n${lines.map((line) => `${plainLine(line)}\n`).join('')}`;
}

function addressText(
  { sink, address, available }: SinkHealth,
  all: readonly SinkHealth[],
  mend: string | undefined,
): string {
  if (address === null) {
    const what = noAddressText(`no ${sink.noun}`, all);
    return mend === undefined ? what : `${what}; to change that, ${mend}`;
  }
  return `${address}, ${AVAILABLE_WORDS[`${available}`]}`;
}

const AVAILABLE_WORDS = {
  true: 'available',
  false: 'not available',
  null: 'not asked yet',
} as const;
