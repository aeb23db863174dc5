import { byteText, counted } from '../../../base/amount-text.ts';
import type { HealthNumbers } from './health-numbers.ts';

/** A station on the way of an event, with what is held up in it. */
export interface Station {
  readonly name: string;
  readonly is: 'ok' | 'warn' | 'fail' | 'ended';
  /** One word: `on`, `idle`, `open`. */
  readonly state: string;
  /** What waits here: `0 files`. */
  readonly backlog: string;
  /** What goes through: `1,204 in the last hour`. */
  readonly rate: string;
  /** What its age is about, and since when; null where there is none. Milliseconds since 1970. */
  readonly age: { readonly of: string; readonly at: number } | null;
  /** Why it is stuck, and what helps; null while it is not. */
  readonly trouble: string | null;
}

/** The way of an event: hooks, spool, courier, tracker.db, sinks. */
export function wayOf(numbers: HealthNumbers): Station[] {
  return [hooks(numbers), spool(numbers), courier(numbers), database(numbers), ...sinks(numbers)];
}

// --- internal ---

/** A hook starts a courier at once; what waits for longer is stuck, in milliseconds. */
const STUCK_MS = 60_000;

function hooks({
  facts: {
    recording,
    spool: { dropped },
  },
  stored,
}: HealthNumbers): Station {
  const lost = dropped.unwritable + dropped.spoolFull;
  const isOff = recording.state === 'off';
  return {
    name: 'Hooks',
    is: isOff ? 'fail' : lost > 0 ? 'warn' : 'ok',
    state: recording.state,
    backlog: `${lost.toLocaleString('en-US')} dropped`,
    rate: perHour(stored.count),
    age: stored.newestAt === null ? null : { of: 'last event', at: stored.newestAt },
    trouble: isOff
      ? `${recording.why}. ${recording.hint}`
      : lost > 0
        ? '`pattern-tracker doctor` says why events were dropped.'
        : null,
  };
}

function spool({ facts: { spool: of, at } }: HealthNumbers): Station {
  const { waiting, oldestAt, isFull, quarantined } = of;
  const isStuck = isFull || (oldestAt !== null && at - oldestAt > STUCK_MS);
  return {
    name: 'Spool',
    is: isStuck ? 'fail' : quarantined > 0 ? 'warn' : 'ok',
    state: isFull ? 'full' : isStuck ? 'stuck' : waiting > 0 ? 'filling' : 'empty',
    backlog: `${counted(waiting, 'event')} wait`,
    rate: `${quarantined.toLocaleString('en-US')} set aside`,
    age: oldestAt === null ? null : { of: 'oldest', at: oldestAt },
    trouble: isStuck
      ? isFull
        ? 'Events are dropped until there is room.'
        : 'No courier takes them: `pattern-tracker doctor` says why.'
      : null,
  };
}

function courier({
  facts: {
    courier: of,
    spool: { waiting },
  },
  stored,
}: HealthNumbers): Station {
  const { status, pid, updatedAt, reason, hint } = of;
  const isBad = status === 'degraded' || status === 'stalled';
  return {
    name: 'Courier',
    is: isBad ? 'fail' : status === 'stopped' ? 'ended' : 'ok',
    state: status === 'stopped' && waiting === 0 ? 'resting' : status,
    backlog: pid === null ? 'none runs' : `pid ${pid}`,
    rate: perHour(stored.count),
    age: updatedAt === null ? null : { of: 'last sign', at: updatedAt },
    trouble: isBad ? [reason, hint].filter(Boolean).join('. ') : null,
  };
}

function database({ facts: { stored: of } }: HealthNumbers): Station {
  const { value, error } = of.content;
  if (error) {
    return {
      name: 'tracker.db',
      is: 'fail',
      state: 'unreadable',
      backlog: byteText(of.bytes ?? 0),
      rate: '',
      age: null,
      trouble: [error.message, error.hint].filter(Boolean).join('. '),
    };
  }
  const lastAt = value?.totals.lastEventAt ?? null;
  return {
    name: 'tracker.db',
    is: value?.setAside ? 'warn' : value ? 'ok' : 'ended',
    state: value ? 'sound' : 'not there yet',
    backlog: byteText(of.bytes ?? 0),
    rate: value ? counted(value.totals.events, 'event') : '',
    age: lastAt === null ? null : { of: 'newest', at: lastAt },
    trouble: value?.setAside ? `A damaged one lies in ${value.setAside.path}.` : null,
  };
}

function sinks({ delivery, delivered }: HealthNumbers): Station[] {
  const named = delivery.sinks.filter(
    ({ address, waiting, dead }) => address !== null || waiting + dead > 0,
  );
  if (named.length === 0) {
    return [
      {
        name: 'Sinks',
        is: 'ended',
        state: 'none',
        backlog: 'nothing waits',
        rate: 'nothing is sent',
        age: null,
        trouble: null,
      },
    ];
  }
  const waiting = named.reduce((sum, of) => sum + of.waiting, 0);
  const dead = named.reduce((sum, of) => sum + of.dead, 0);
  const cut = named.find(({ breaker }) => breaker.phase !== 'closed');
  const away = named.find(({ available }) => available === false);
  const oldest = Math.min(...named.map(({ oldestAt }) => oldestAt ?? Infinity));
  const last = Math.max(...named.map(({ lastDeliveredAt }) => lastDeliveredAt ?? 0));
  return [
    {
      name: named.length === 1 ? `Sink: ${named[0]?.noun ?? ''}` : 'Sinks',
      is: cut || away ? 'fail' : dead > 0 ? 'warn' : 'ok',
      state: cut ? cut.breaker.phase.replace('_', ' ') : away ? 'away' : 'closed circuit',
      backlog: `${counted(waiting, 'event')} wait${dead > 0 ? `, ${dead.toLocaleString('en-US')} refused` : ''}`,
      rate: perHour(delivered),
      age: Number.isFinite(oldest)
        ? { of: 'oldest', at: oldest }
        : last > 0
          ? { of: 'last success', at: last }
          : null,
      trouble: cut ? (cut.breaker.reason ?? null) : away ? away.lastError : null,
    },
  ];
}

function perHour(count: number): string {
  return `${count.toLocaleString('en-US')} in the last hour`;
}
