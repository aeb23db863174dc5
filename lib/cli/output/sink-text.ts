import type { Sink } from '../../delivery/sink.ts';

/** The noun of a sink with a capital letter, for the beginning of a line. */
export function titleOf({ noun }: Sink): string {
  return `${noun.charAt(0).toUpperCase()}${noun.slice(1)}`;
}

/**
 * The text that stands in place of a missing address.
 *
 * @param what begins the text: `none`, `no collector`
 * @param all the sinks that are shown; if none of them has an address, the text says that nothing leaves
 */
export function noAddressText(
  what: string,
  all: readonly { readonly address: string | null }[],
): string {
  const isLocal = all.every(({ address }) => address === null);
  return `${what} is configured${isLocal ? '; everything stays on this machine' : ''}`;
}
