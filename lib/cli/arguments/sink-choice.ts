import { SINKS } from '../../delivery/sinks.ts';
import type { Sink } from '../../delivery/sink.ts';
import { UsageError } from './usage-error.ts';

/** The option of commands that can be restricted to one sink. */
export const sinkArg = {
  sink: {
    type: 'string',
    valueHint: SINKS.map(({ name }) => name).join('|'),
    description: SINKS.map(
      ({ noun, name }, index) => `${index === 0 ? 'Only' : 'only'} the ${noun} (${name})`,
    ).join(', or '),
  },
} as const;

/** The sink that `--sink` names; undefined when it is not given. @throws UsageError for an unknown name */
export function sinkOf(args: { readonly sink?: string | undefined }): Sink | undefined {
  if (args.sink === undefined) return undefined;
  const sink = SINKS.find(({ name }) => name === args.sink);
  if (sink) return sink;
  const names = SINKS.map(({ name }) => name).join(' or ');
  throw new UsageError(`--sink is "${args.sink}"`, `Expected ${names}.`);
}
