/**
 * Gives `events` a primary key, and splits `event_ids` into partitions by the quarter in which an event was
 * applied, so that old ids go by dropping a partition. What takes long on a large database is built before, by
 * `build-ahead.ts`; then this takes moments, in which writers wait.
 *
 * Tables are locked in the order in which `apply_events_2` locks them.
 */
export const KEYED_PARTITIONS = `
  LOCK TABLE event_ids, events IN ACCESS EXCLUSIVE MODE;

  -- Quarters of years, counted from the year 0, in UTC.
  CREATE FUNCTION event_period(of_time timestamptz) RETURNS integer LANGUAGE sql STABLE AS $period$
    SELECT (extract(year FROM of_time AT TIME ZONE 'UTC') * 4
      + extract(quarter FROM of_time AT TIME ZONE 'UTC') - 1)::integer;
  $period$;

  -- The ids that were applied before there were periods: a partition of its own, until all of them are old.
  ALTER TABLE event_ids ADD COLUMN IF NOT EXISTS period integer NOT NULL DEFAULT 0;
  ALTER TABLE event_ids DROP CONSTRAINT IF EXISTS event_ids_of_no_period;
  ALTER TABLE event_ids ADD CONSTRAINT event_ids_of_no_period CHECK (period = 0) NOT VALID;
  CREATE UNIQUE INDEX IF NOT EXISTS event_ids_key ON event_ids (tenant, event_id, period);
  ALTER TABLE event_ids DROP CONSTRAINT event_ids_pkey;
  ALTER TABLE event_ids RENAME TO event_ids_before;
  ALTER TABLE event_ids_before ADD PRIMARY KEY USING INDEX event_ids_key;

  -- What was applied: each event id of a tenant once. The period is that of the database's clock, so replicas
  -- that apply the same event at once meet at the key; how they do at the turn of a quarter, apply_events_3 says.
  CREATE TABLE event_ids (
    tenant text COLLATE "C" NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    received_at bigint NOT NULL,
    period integer NOT NULL DEFAULT event_period(now()),
    PRIMARY KEY (tenant, event_id, period)
  ) PARTITION BY LIST (period);
  ALTER TABLE event_ids ATTACH PARTITION event_ids_before FOR VALUES IN (0);
  CREATE TABLE event_ids_default PARTITION OF event_ids DEFAULT;

  -- The order in which events were accepted, for those who read them all: numbers rise, with gaps. A number is
  -- drawn after its transaction has got its id, so that a reader can wait for those that are drawn and not
  -- committed. Null: accepted by an earlier release.
  CREATE SEQUENCE event_numbers CACHE 1;
  GRANT USAGE, SELECT ON SEQUENCE event_numbers TO PUBLIC;
  ALTER TABLE events ADD COLUMN IF NOT EXISTS number bigint;
  ALTER TABLE events ALTER COLUMN number
    SET DEFAULT CASE WHEN pg_current_xact_id() IS NOT NULL THEN nextval('event_numbers') END;
  CREATE INDEX events_by_number ON events (tenant, number);

  DO $keys$
  DECLARE part regclass;
  BEGIN
    FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'events'::regclass LOOP
      EXECUTE format('CREATE UNIQUE INDEX IF NOT EXISTS %I ON %s (tenant, at, event_id)', part || '_key', part);
      EXECUTE format('ALTER TABLE %s ADD PRIMARY KEY USING INDEX %I', part, part || '_key');
    END LOOP;
  END $keys$;
  -- It is also the order of time, in which patterns are listed by their last use.
  ALTER TABLE events ADD PRIMARY KEY (tenant, at, event_id);

  -- Makes the partition of a month of events, counted from the year 0. SECURITY DEFINER, here and below: a role
  -- that owns no table may keep partitions as well.
  CREATE FUNCTION make_events_partition_1(month integer) RETURNS void LANGUAGE plpgsql
    SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '500ms' AS $make$
  DECLARE
    name text := format('events_%s_%s', month / 12, lpad((month % 12 + 1)::text, 2, '0'));
    first timestamptz := make_timestamptz(month / 12, month % 12 + 1, 1, 0, 0, 0, 'UTC');
    next timestamptz := make_timestamptz((month + 1) / 12, (month + 1) % 12 + 1, 1, 0, 0, 0, 'UTC');
  BEGIN
    IF to_regclass(name) IS NOT NULL THEN RETURN; END IF;
    PERFORM pg_advisory_xact_lock(7203118054);
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF events FOR VALUES FROM (%s) TO (%s)',
      name, extract(epoch FROM first)::bigint * 1000, extract(epoch FROM next)::bigint * 1000);
  END $make$;

  -- Makes the partition of the ids of this quarter, or of a later one.
  CREATE FUNCTION make_ids_partition_1(quarters_ahead integer) RETURNS void LANGUAGE plpgsql
    SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '500ms' AS $make$
  DECLARE
    period integer := event_period(now()) + quarters_ahead;
    name text := format('event_ids_%s_q%s', period / 4, period % 4 + 1);
  BEGIN
    IF to_regclass(name) IS NOT NULL THEN RETURN; END IF;
    PERFORM pg_advisory_xact_lock(7203118054);
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF event_ids FOR VALUES IN (%s)', name, period);
  END $make$;

  -- Drops the partitions of ids that were applied longer ago than clients send again; how many.
  CREATE FUNCTION drop_ids_1(kept interval) RETURNS integer LANGUAGE plpgsql
    SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '500ms' AS $drop$
  DECLARE
    oldest integer := event_period(now() - kept);
    part text;
    dropped integer := 0;
  BEGIN
    PERFORM pg_advisory_xact_lock(7203118054);
    FOR part IN
      SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      CROSS JOIN LATERAL substring(c.relname FROM '^event_ids_(\\d+)_q\\d$') AS of_year
      CROSS JOIN LATERAL substring(c.relname FROM '^event_ids_\\d+_q(\\d)$') AS of_quarter
      WHERE i.inhparent = 'event_ids'::regclass AND (
        of_year::integer * 4 + of_quarter::integer - 1 < oldest
        OR c.relname = 'event_ids_before' AND EXISTS (
          SELECT FROM schema_migrations WHERE version = 7 AND applied_at < now() - kept))
    LOOP
      EXECUTE format('DROP TABLE %I', part);
      dropped := dropped + 1;
    END LOOP;
    DELETE FROM event_ids_default WHERE period < oldest;
    RETURN dropped;
  END $drop$;
`;
