import { ago } from '../../base/time-text.ts';
import type { SetAside } from '../../store/queries/totals.ts';
import type { StatusRow } from '../output/delivery-status.ts';

/** What `status` says of a corrupt database that was set aside; `now` is in milliseconds since 1970 UTC. */
export function setAsideLines({ at, path, reason }: SetAside, now: number): StatusRow[] {
  return [
    ['Database', `was found corrupt ${ago(at, now)} and set aside as ${path}`, 'red'],
    ['', reason || 'The reason is not known.'],
    [
      '',
      `A new one has taken its place. \`pattern-tracker repair ${path}\` adds to it what the old one still holds.`,
    ],
    ['', '`pattern-tracker status --acknowledge` ends this notice.'],
  ];
}
