import type { Sink } from '../../delivery/sink.ts';

/** What a sink is called at the beginning of a line. */
export function titleOf({ noun }: Sink): string {
  return `${noun.charAt(0).toUpperCase()}${noun.slice(1)}`;
}

/** What is said in place of an address that `what` has not; `all` are the sinks that are shown. */
export function noAddressText(
  what: string,
  all: readonly { readonly address: string | null }[],
): string {
  const isLocal = all.every(({ address }) => address === null);
  return `${what} is configured${isLocal ? '; everything stays on this machine' : ''}`;
}
