import { counted } from '../base/amount-text.ts';
import { serverAddress } from '../config/server-address.ts';
import { otherAddress } from './destination.ts';
import type { Sink } from './sink.ts';
import { SinkState } from './store/sink-state.ts';
import { otherDestinations } from './store/outbox-totals.ts';
import type { Database } from '../store/database/database.ts';

/** Events that wait for a server which the configuration does not name. */
export interface WaitingElsewhere {
  readonly sink: Sink;
  /** The server; null when that is not known. */
  readonly address: string | null;
  /** True for the server that has the sink's own name, while a variable names another one. */
  readonly isNamed: boolean;
  readonly waiting: number;
  readonly dead: number;
}

/** What waits for other destinations of `sink` than `current`. */
export function waitingElsewhere(
  database: Database,
  sink: Sink,
  current: string,
): WaitingElsewhere[] {
  return otherDestinations(database, current)
    .filter(({ name }) => name === sink.name || otherAddress(sink, name) !== undefined)
    .map(({ name, waiting, dead }) => ({
      sink,
      address: otherAddress(sink, name) ?? new SinkState(database, name).read().server,
      isNamed: name === sink.name,
      waiting,
      dead,
    }));
}

/** What that means and what to do. */
export function elsewhereText({ sink, address, isNamed, ...counts }: WaitingElsewhere): string {
  const what = counted(counts.waiting + counts.dead, 'event');
  const where = address === null ? `the former ${sink.noun}` : serverAddress(address);
  if (isNamed) return `${what} for ${where}, not for this ${sink.noun}.`;
  const there = sink.variable
    ? `\`${sink.variable}=${where} pattern-tracker flush\` sends them there, `
    : '';
  return `${what} for ${where}, which config.yaml does not name. ${there}\`pattern-tracker outbox move\` gives them to the ${sink.noun} in config.yaml.`;
}
