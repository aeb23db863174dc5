import type { TrackerPaths } from '../../base/paths.ts';
import type { Config } from '../../config/config.ts';
import { namedSinks } from '../../delivery/sinks-in-use.ts';
import type { Sink } from '../../delivery/sink.ts';
import { plainLine } from './plain-text.ts';

/** The noun of a sink with a capital letter, for the beginning of a line. */
export function titleOf({ noun }: Sink): string {
  return `${noun.charAt(0).toUpperCase()}${noun.slice(1)}`;
}

/**
 * Says that the configuration names none of the sinks in `asked`, and how to name one; undefined when it
 * names one of them.
 */
export function noSinkText(
  asked: readonly Sink[],
  config: Config,
  { configFile }: Pick<TrackerPaths, 'configFile'>,
): { readonly what: string; readonly mend: string } | undefined {
  const named = namedSinks(config);
  if (asked.some((sink) => named.includes(sink))) return undefined;
  const keys = asked.map(({ key }) => key).join(' or ');
  const variables = asked.flatMap(({ variable }) => (variable ? [`, or ${variable}`] : []));
  return {
    what: `no ${asked.map(({ noun }) => noun).join(' and no ')} is configured`,
    mend: `set ${keys} in ${configFile}${variables.join('')}`,
  };
}

/** The same in one line: `No server is configured, so nothing is sent. To change that, set api.base_url …`. */
export function noSinkLine(
  asked: readonly Sink[],
  config: Config,
  paths: Pick<TrackerPaths, 'configFile'>,
  consequence = 'nothing is sent',
): string | undefined {
  const text = noSinkText(asked, config, paths);
  if (!text) return undefined;
  const what = text.what.replace('no ', 'No ');
  return `${plainLine(`${what}, so ${consequence}. To change that, ${text.mend}.`)}\n`;
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
