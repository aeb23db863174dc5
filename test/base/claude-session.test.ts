import { expect, it } from 'vitest';
import { dropForeignTimeZone } from '../../lib/base/claude-session.ts';

const kept = (TZ: string) => {
  const env = { TZ, TZDIR: '/p', HOME: '/h' };
  dropForeignTimeZone(env);
  return env;
};

it.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'])(
  'keeps the time zone %s',
  (zone) => expect(kept(zone)).toEqual({ TZ: zone, HOME: '/h' }),
);

it.each([':/p/f', '/p/f', '../../p/f', 'Europe/../../../p/f', ':f', '', 'Europe//f', './f'])(
  'drops the time zone "%s", which names a file',
  (zone) => expect(kept(zone)).toEqual({ HOME: '/h' }),
);
