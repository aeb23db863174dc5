/** Numbers of docs/scaling.md, by the name that stands in its tables. */
export type Inputs = Readonly<Record<string, number>>;

export const SIZES = [10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];
const LARGE = [1_000_000, 10_000_000];
const DAY_SECONDS = 86_400;
/** What one SQLite file may grow to, and what a PostgreSQL primary has. */
const SQLITE_BYTES = 100e9;
const POSTGRES_BYTES = 4e12;
const POSTGRES_CORES = 8;

/** Every number in docs/scaling.md that follows from others: sentences and tables. */
export function sizing(inputs: Inputs) {
  const input = (name: string): number => {
    const value = inputs[name];
    if (value === undefined) throw new Error(`docs/scaling.md has no ${name}`);
    return value;
  };
  const eventsPerDay =
    input('calls_per_day') * input('share_that_writes') * input('events_per_write');
  const peakPerDeveloper = ((eventsPerDay * input('peak_hour_share')) / 3_600) * input('burst');

  const load = SIZES.map((developers) => {
    const peak = developers * peakPerDeveloper;
    return [
      round(developers),
      round(developers * eventsPerDay),
      round((developers * eventsPerDay) / DAY_SECONDS),
      round(peak),
      round((peak * input('wire_bytes_per_event')) / 1e6),
    ];
  });

  const cost = SIZES.map((developers) => [
    round(developers),
    ...['sqlite', 'postgres'].flatMap((engine) => {
      const cores =
        (developers * peakPerDeveloper) / input(`${engine}_events_per_core`) / input('load');
      const gigabytes = (developers * eventsPerDay * input(`${engine}_bytes_per_event`)) / 1e9;
      return [round(cores), round(gigabytes), round(gigabytes * input('working_days'))];
    }),
  ]);

  const reach = [
    reachOf('SQLite, one file', 'sqlite', 1, SQLITE_BYTES),
    reachOf('PostgreSQL, one primary', 'postgres', POSTGRES_CORES, POSTGRES_BYTES),
    reachOf('PostgreSQL, ten primaries', 'postgres', 10 * POSTGRES_CORES, 10 * POSTGRES_BYTES),
  ];
  function reachOf(step: string, engine: string, cores: number, bytes: number): string[] {
    const byProcessor =
      (cores * input(`${engine}_events_per_core`) * input('load')) / peakPerDeveloper;
    const aYear = eventsPerDay * input('working_days') * input(`${engine}_bytes_per_event`);
    return [step, round(byProcessor), round(bytes / aYear)];
  }

  const row = (what: string, of: (developers: number) => string) => [what, ...LARGE.map(of)];
  const peakOf = (developers: number) => developers * peakPerDeveloper;
  const dayOf = (developers: number) => developers * eventsPerDay;
  const wire = input('wire_bytes_per_event');
  const code =
    (input('code_bytes_per_event') * (1 - input('code_repeated'))) / input('code_compression');
  const large = [
    row('events a second, peak', (of) => round(peakOf(of))),
    row('cores that take them in, at what PostgreSQL costs now', (of) =>
      round(Math.ceil(peakOf(of) / input('postgres_events_per_core') / input('load'))),
    ),
    row('MB/s into the log, peak', (of) => round((peakOf(of) * wire) / 1e6)),
    row('brokers', (of) => {
      const written = (peakOf(of) * wire * input('log_copies')) / 1e6;
      return round(Math.max(3, Math.ceil(written / input('broker_mb_per_second'))));
    }),
    row('TB in the log', (of) =>
      round((dayOf(of) * wire * input('log_copies') * input('log_days')) / 1e12),
    ),
    row('ClickHouse machines, two a shard', (of) =>
      round(2 * Math.ceil(peakOf(of) / input('clickhouse_rows_per_shard'))),
    ),
    row('ClickHouse, TB a year, two copies', (of) =>
      round((2 * dayOf(of) * input('working_days') * input('clickhouse_bytes_per_row')) / 1e12),
    ),
    row('object storage, TB a year', (of) =>
      round((dayOf(of) * input('working_days') * code) / 1e12),
    ),
  ];

  return {
    values: {
      events_per_day: round(eventsPerDay),
      peak_per_thousand: round(1_000 * peakPerDeveloper),
    },
    tables: { load, cost, reach, large },
  };
}

// --- internal ---

/** Two digits that mean something, or what is before the point. */
function round(value: number): string {
  if (value > 0 && value < 0.01) return '< 0.01';
  const digits = value >= 100 ? Number(value.toPrecision(3)) : Number(value.toPrecision(2));
  return digits.toLocaleString('en-US', { maximumFractionDigits: 2 });
}
