/**
 * Keeps what each use of a pattern changes in a narrow table of its own, of which no index but the key has a
 * changing column: such an update stays on its page (HOT) and writes no index. The row in `patterns` says what the
 * batch told that brought the pattern; uses add to it, and `known_patterns` shows both together.
 *
 * Replicas of an earlier release go on to add to `patterns`: sums and the latest times come out the same.
 */
export const PATTERN_USES = `
  -- Digest of the request whose Idempotency-Key is the id; null where the event brought an id of its own.
  ALTER TABLE event_ids ADD COLUMN request text;

  -- The uses of a pattern after the batch that brought it; no row if there was none.
  CREATE TABLE pattern_uses (
    tenant text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    occurrences bigint NOT NULL,
    last_seen_at bigint NOT NULL,
    newest_at bigint NOT NULL,      -- of the newest of them, as the two below
    file_path text,
    session_id text,
    PRIMARY KEY (tenant, id)
  ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

  CREATE VIEW known_patterns AS
  SELECT p.tenant, p.id, p.name, p.pattern_type, p.version, p.language, p.lines, p.origin, p.generation,
    p.lineage_id, p.origin_at, p.origin_key, p.first_seen_at, p.deprecated_at, p.deprecation_reason,
    p.occurrences + coalesce(u.occurrences, 0) AS occurrences,
    greatest(p.last_seen_at, u.last_seen_at) AS last_seen_at,
    greatest(p.newest_at, u.newest_at) AS newest_at,
    CASE WHEN u.newest_at IS NULL OR p.newest_at > u.newest_at THEN p.file_path ELSE u.file_path END AS file_path,
    CASE WHEN u.newest_at IS NULL OR p.newest_at > u.newest_at THEN p.session_id ELSE u.session_id END AS session_id
  FROM patterns p LEFT JOIN pattern_uses u ON u.tenant = p.tenant AND u.id = p.id;

  -- Deleting some uses of a pattern writes into patterns what is left of them all: see forget_events_1.
  CREATE FUNCTION fold_uses_1() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path FROM CURRENT AS $fold$
  DECLARE further bigint;
  BEGIN
    DELETE FROM pattern_uses WHERE tenant = NEW.tenant AND id = NEW.id RETURNING occurrences INTO further;
    NEW.occurrences := NEW.occurrences + coalesce(further, 0);
    RETURN NEW;
  END $fold$;
  CREATE TRIGGER patterns_fold_uses BEFORE UPDATE OF occurrences ON patterns FOR EACH ROW
    WHEN (NEW.occurrences < OLD.occurrences) EXECUTE FUNCTION fold_uses_1();
  CREATE FUNCTION drop_uses_1() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path FROM CURRENT AS $drop$
  BEGIN
    DELETE FROM pattern_uses u USING gone g WHERE u.tenant = g.tenant AND u.id = g.id;
    RETURN NULL;
  END $drop$;
  CREATE TRIGGER patterns_drop_uses AFTER DELETE ON patterns REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION drop_uses_1();

  -- Writes what track-planner.ts planned: as apply_events_2, but for the uses of stored patterns, seen_again.
  CREATE FUNCTION apply_events_3(
    of_tenant text, rewrites boolean, read_nodes json, family text[], new_ids text[], new_events json,
    new_patterns json, seen_again json, new_code json, changed_descents json, renamings json,
    new_versions json, new_edges json, seen_sessions json, new_calls json, deprecations json, counts json
  ) RETURNS void LANGUAGE plpgsql AS $apply$
  DECLARE
    -- No statement runs for longer than this, so nobody who writes ids of the last quarter begun before it.
    turns boolean := event_period(now()) <> event_period(now() - interval '2 minutes');
    found bigint;
  BEGIN
    IF rewrites OR turns THEN
      PERFORM pg_advisory_xact_lock(hashtextextended('descent of ' || of_tenant, 0));
    ELSE
      PERFORM pg_advisory_xact_lock_shared(hashtextextended('descent of ' || of_tenant, 0));
    END IF;
    IF turns AND EXISTS (
      SELECT FROM json_to_recordset(new_events) AS e (event_id text COLLATE "C")
      JOIN event_ids i ON i.tenant = of_tenant AND i.event_id = e.event_id
    ) THEN
      RAISE EXCEPTION 'an event was applied meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;
    IF json_array_length(seen_again) > 0 THEN
      SELECT count(*) INTO found FROM json_to_recordset(seen_again) AS s (id text COLLATE "C")
      JOIN patterns p ON p.tenant = of_tenant AND p.id = s.id;
      IF found <> json_array_length(seen_again) THEN
        RAISE EXCEPTION 'a pattern went meanwhile' USING ERRCODE = 'serialization_failure';
      END IF;
    END IF;

    PERFORM apply_events_2(of_tenant, rewrites, read_nodes, family, new_ids, new_events, new_patterns, new_code,
      changed_descents, renamings, new_versions, new_edges, seen_sessions, new_calls, deprecations, counts);

    IF strpos(new_events::text, '"request":') > 0 THEN -- few have one, and reading them all again takes a while
      UPDATE event_ids i SET request = e.request
      FROM json_to_recordset(new_events) AS e (event_id text COLLATE "C", request text)
      WHERE e.request IS NOT NULL AND i.tenant = of_tenant AND i.event_id = e.event_id;
    END IF;

    IF json_array_length(seen_again) > 0 THEN
      -- A use that came late, and is earlier than all that were told of.
      UPDATE patterns p SET first_seen_at = s.first_seen_at, origin_at = coalesce(p.origin_at, p.first_seen_at)
      FROM json_to_recordset(seen_again) AS s (id text COLLATE "C", first_seen_at bigint)
      WHERE p.tenant = of_tenant AND p.id = s.id AND p.first_seen_at > s.first_seen_at;
      INSERT INTO pattern_uses AS u (tenant, id, occurrences, last_seen_at, newest_at, file_path, session_id)
      SELECT of_tenant, s.*
      FROM json_to_recordset(seen_again) AS s (
        id text COLLATE "C", occurrences bigint, last_seen_at bigint, newest_at bigint, file_path text,
        session_id text)
      ORDER BY s.id
      ON CONFLICT (tenant, id) DO UPDATE SET
        occurrences = u.occurrences + excluded.occurrences,
        last_seen_at = greatest(u.last_seen_at, excluded.last_seen_at),
        newest_at = greatest(u.newest_at, excluded.newest_at),
        file_path = CASE WHEN u.newest_at > excluded.newest_at THEN u.file_path ELSE excluded.file_path END,
        session_id = CASE WHEN u.newest_at > excluded.newest_at THEN u.session_id
          ELSE excluded.session_id END;
    END IF;
  END $apply$;

  -- As forget_events_1, but raises 40001 also when one of the patterns was used since it was read.
  CREATE FUNCTION forget_events_2(
    of_tenant text, happens_at bigint, read_nodes json, family text[], gone text[], removed json,
    kept json, moved json, changed_descents json, new_edges json, takes_calls boolean, read_uses json
  ) RETURNS json LANGUAGE plpgsql AS $forget$
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('descent of ' || of_tenant, 0));
    IF EXISTS (
      SELECT FROM json_to_recordset(read_uses) AS r (id text COLLATE "C", occurrences bigint)
      LEFT JOIN pattern_uses u ON u.tenant = of_tenant AND u.id = r.id
      WHERE coalesce(u.occurrences, 0) <> r.occurrences
    ) THEN
      RAISE EXCEPTION 'what is deleted has changed meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN forget_events_1(of_tenant, happens_at, read_nodes, family, gone, removed, kept, moved,
      changed_descents, new_edges, takes_calls);
  END $forget$;

  -- Whoever may use the tables of before may use those that came.
  DO $grants$
  DECLARE held record;
  BEGIN
    FOR held IN
      SELECT DISTINCT a.grantee::regrole AS grantee, a.privilege_type AS privilege, pair.made
      FROM (VALUES ('patterns', 'pattern_uses'), ('patterns', 'known_patterns'),
        ('event_ids_before', 'event_ids')) AS pair (known, made)
      JOIN pg_class c ON c.oid = pair.known::regclass
      CROSS JOIN LATERAL aclexplode(c.relacl) AS a
      WHERE a.grantee <> c.relowner AND a.grantee <> 0
        AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
    LOOP
      EXECUTE format('GRANT %s ON %I TO %s', held.privilege, held.made, held.grantee);
    END LOOP;
  END $grants$;
`;
