import { isDeepStrictEqual } from 'node:util';
import { configKeys, leaves, shownValue } from './config.ts';
import type { Config } from './config.ts';

/** A key by which two configurations differ, with both values as they are shown: without secrets. */
export interface ConfigDifference {
  readonly key: string;
  readonly value: unknown;
  readonly other: unknown;
}

/** The keys by which two configurations differ, in the order of the schema. */
export function configDifferences(config: Config, other: Config): ConfigDifference[] {
  const [ours, theirs] = [new Map(leaves(config)), new Map(leaves(other))];
  return configKeys()
    .filter((key) => !isDeepStrictEqual(ours.get(key), theirs.get(key)))
    .map((key) => ({
      key,
      value: shownValue(key, ours.get(key)),
      other: shownValue(key, theirs.get(key)),
    }));
}
