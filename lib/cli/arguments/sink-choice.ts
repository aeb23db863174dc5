import { SINKS } from '../../delivery/delivery-policy.ts';
import type { Sink } from '../../delivery/delivery-policy.ts';
import { UsageError } from './usage-error.ts';

/** The argument of commands that can be about one sink. */
export const sinkArg = {
  sink: {
    type: 'string',
    valueHint: SINKS.map(({ name }) => name).join('|'),
    description: 'Only of the server (http), or only of the collector (otlp)',
  },
} as const;

/** The sink that `--sink` names, or undefined where it is not given. @throws UsageError */
export function sinkOf(args: { readonly sink?: string | undefined }): Sink | undefined {
  if (args.sink === undefined) return undefined;
  const sink = SINKS.find(({ name }) => name === args.sink);
  if (sink) return sink;
  const names = SINKS.map(({ name }) => name).join(' or ');
  throw new UsageError(`--sink is "${args.sink}"`, `Expected ${names}.`);
}
