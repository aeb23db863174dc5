/**
 * What the service needs to delete and to account for it. `forget_events_1` deletes what `forget.ts` planned:
 * it knows no rule of descent, and raises 40001 when what was read is no longer what is stored.
 *
 * A released function is never edited: a change is a function of another name.
 */
export const ACCOUNTING = `
  -- Digests of the ids of deleted events and patterns ("event ID", "pattern ID"), so that an event that is
  -- sent again brings nothing back.
  CREATE TABLE forgotten_lineage (
    tenant text COLLATE "C" NOT NULL,
    digest bytea NOT NULL,
    at bigint NOT NULL,             -- when it was deleted
    PRIMARY KEY (tenant, digest)
  );
  CREATE INDEX forgotten_lineage_by_age ON forgotten_lineage (tenant, at);

  -- How long a tenant's rows are kept.
  CREATE TABLE tenant_retention (
    tenant text COLLATE "C" PRIMARY KEY,
    days integer NOT NULL,
    claimed_until bigint NOT NULL,  -- until then one replica is at it
    ran_at bigint                   -- when it was last done
  );

  -- Who did what. See lib/service/store/audit-store.ts.
  CREATE TABLE audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at bigint NOT NULL,
    tenant text COLLATE "C" NOT NULL,
    action text COLLATE "C" NOT NULL,
    token_id text,
    token_name text,
    address text,
    route text,
    subject text,
    count bigint NOT NULL,
    detail jsonb
  );
  CREATE INDEX audit_log_by_action ON audit_log (action, id);
  CREATE INDEX audit_log_by_tenant ON audit_log (tenant, id);

  CREATE FUNCTION forget_events_1(
    of_tenant text, happens_at bigint, read_nodes json, family text[], gone text[], removed json,
    kept json, moved json, changed_descents json, new_edges json, takes_calls boolean
  ) RETURNS json LANGUAGE plpgsql AS $forget$
  DECLARE
    found bigint;
    n_events bigint;
    n_occurrences bigint;
    n_versions bigint;
    n_edges bigint := 0;
    n_feedback bigint;
    n_improvements bigint;
    n_patterns bigint;
    n_calls bigint := 0;
    n_sessions bigint := 0;
    redrawn_edges bigint := 0;
    lost json;
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('descent of ' || of_tenant, 0));
    IF EXISTS (
      SELECT FROM json_to_recordset(read_nodes) AS n (
        id text COLLATE "C", origin_at bigint, generation integer, lineage_id text)
      LEFT JOIN patterns p ON p.tenant = of_tenant AND p.id = n.id
      WHERE (coalesce(p.origin_at, p.first_seen_at), p.generation, p.lineage_id)
        IS DISTINCT FROM (n.origin_at, n.generation, n.lineage_id)
    ) OR EXISTS (
      SELECT FROM json_to_recordset(kept) AS k (
        id text COLLATE "C", read_occurrences bigint, read_last_seen_at bigint)
      LEFT JOIN patterns p ON p.tenant = of_tenant AND p.id = k.id
      WHERE (p.occurrences, p.last_seen_at) IS DISTINCT FROM (k.read_occurrences, k.read_last_seen_at)
    ) OR EXISTS (
      SELECT FROM (
        SELECT unnest(gone) COLLATE "C" AS id
        UNION SELECT d.id FROM json_to_recordset(changed_descents) AS d (id text COLLATE "C")
      ) AS changed
      CROSS JOIN LATERAL (
        SELECT child_id FROM pending_edges WHERE tenant = of_tenant AND parent_id = changed.id
        UNION ALL
        SELECT child_id FROM lineage_edges
        WHERE tenant = of_tenant AND parent_id = changed.id AND position >= 0
      ) AS claimant
      WHERE claimant.child_id <> ALL (family)
    ) THEN
      RAISE EXCEPTION 'what is deleted has changed meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;

    INSERT INTO forgotten_lineage AS f (tenant, digest, at)
    SELECT of_tenant, sha256(convert_to(name, 'UTF8')), happens_at
    FROM (
      SELECT 'event ' || r.event_id AS name FROM json_to_recordset(removed) AS r (event_id text)
      UNION SELECT 'pattern ' || id FROM unnest(gone) AS id
    ) AS names
    ORDER BY 2
    ON CONFLICT (tenant, digest) DO UPDATE SET at = excluded.at;
    DELETE FROM event_ids i USING json_to_recordset(removed) AS r (event_id text COLLATE "C")
    WHERE i.tenant = of_tenant AND i.event_id = r.event_id;
    WITH taken AS (
      DELETE FROM events e
      USING json_to_recordset(removed) AS r (
        event_id text COLLATE "C", pattern_id text COLLATE "C", at bigint)
      WHERE e.tenant = of_tenant AND e.pattern_id = r.pattern_id AND e.at = r.at
        AND e.event_id = r.event_id
      RETURNING e.action
    )
    SELECT count(*), count(action) INTO n_events, n_occurrences FROM taken;
    IF n_events <> json_array_length(removed)
      OR EXISTS (SELECT FROM events WHERE tenant = of_tenant AND pattern_id = ANY (gone))
      OR EXISTS (
        SELECT FROM json_to_recordset(moved) AS m (id text COLLATE "C", at bigint, types text[])
        JOIN patterns p ON p.tenant = of_tenant AND p.id = m.id
        JOIN events e ON e.tenant = of_tenant AND e.pattern_id = m.id AND e.at < m.at
          AND e.version = p.version AND e.event_type = ANY (m.types)
      )
    THEN
      RAISE EXCEPTION 'an event came meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;

    DELETE FROM pattern_versions WHERE tenant = of_tenant AND pattern_id = ANY (gone);
    GET DIAGNOSTICS n_versions = ROW_COUNT;
    DELETE FROM lineage_edges WHERE tenant = of_tenant AND child_id = ANY (gone);
    GET DIAGNOSTICS n_edges = ROW_COUNT;
    DELETE FROM lineage_edges WHERE tenant = of_tenant AND parent_id = ANY (gone);
    GET DIAGNOSTICS found = ROW_COUNT;
    n_edges := n_edges + found;
    DELETE FROM lineage_edges e USING json_to_recordset(moved) AS m (id text COLLATE "C")
    WHERE e.tenant = of_tenant AND e.child_id = m.id AND e.position >= 0;
    GET DIAGNOSTICS found = ROW_COUNT;
    n_edges := n_edges + found;
    DELETE FROM pending_edges WHERE tenant = of_tenant AND child_id = ANY (gone);
    DELETE FROM pending_edges WHERE tenant = of_tenant AND parent_id = ANY (gone);
    DELETE FROM feedback WHERE tenant = of_tenant AND pattern_id = ANY (gone);
    GET DIAGNOSTICS n_feedback = ROW_COUNT;
    DELETE FROM applied_improvements WHERE tenant = of_tenant AND pattern_id = ANY (gone);
    GET DIAGNOSTICS n_improvements = ROW_COUNT;
    DELETE FROM pattern_code WHERE tenant = of_tenant AND id = ANY (gone);
    WITH taken AS (
      DELETE FROM patterns WHERE tenant = of_tenant AND id = ANY (gone)
      RETURNING id, lineage_id, language
    )
    SELECT (SELECT count(*) FROM taken), json_agg(json_build_object('name', name, 'value', value))
    INTO n_patterns, lost
    FROM (
      SELECT 'patterns' AS name, -1 AS value FROM taken
      UNION ALL SELECT 'language:' || language, -1 FROM taken
      UNION ALL SELECT 'lineages', -1 FROM taken WHERE lineage_id = id
      UNION ALL SELECT 'lineages', (d.lineage_id = d.id)::int - (p.lineage_id = p.id)::int
        FROM json_to_recordset(changed_descents) AS d (id text COLLATE "C", lineage_id text)
        JOIN patterns p ON p.tenant = of_tenant AND p.id = d.id
    ) AS counts;
    IF n_patterns <> cardinality(gone) THEN
      RAISE EXCEPTION 'a pattern went meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;

    UPDATE events e SET action = CASE WHEN d.is_origin_new THEN 'applied' ELSE d.origin END
    FROM json_to_recordset(changed_descents) AS d (
      id text COLLATE "C", is_redrawn boolean, is_origin_new boolean, origin text)
    JOIN patterns p ON p.tenant = of_tenant AND p.id = d.id
    WHERE d.is_redrawn AND e.tenant = of_tenant AND e.pattern_id = d.id
      AND e.version = p.version AND e.action IN ('created', 'modified');
    UPDATE patterns p SET origin = d.origin, generation = d.generation, lineage_id = d.lineage_id,
      origin_at = d.origin_at, origin_key = d.origin_key
    FROM json_to_recordset(changed_descents) AS d (
      id text COLLATE "C", origin text, generation integer, lineage_id text, origin_at bigint,
      origin_key text)
    WHERE p.tenant = of_tenant AND p.id = d.id;
    DELETE FROM lineage_edges e
    USING json_to_recordset(changed_descents) AS d (id text COLLATE "C", is_redrawn boolean)
    WHERE d.is_redrawn AND e.tenant = of_tenant AND e.child_id = d.id AND e.position >= 0;
    GET DIAGNOSTICS redrawn_edges = ROW_COUNT;
    DELETE FROM pending_edges e
    USING json_to_recordset(changed_descents) AS d (id text COLLATE "C", is_redrawn boolean)
    WHERE d.is_redrawn AND e.tenant = of_tenant AND e.child_id = d.id;
    WITH drawn AS (
      INSERT INTO lineage_edges AS l (tenant, child_id, parent_id, edge_type, transformation_type,
        created_at, position)
      SELECT of_tenant, e.child_id, e.parent_id, e.edge_type, e.transformation_type, e.created_at,
        e.position
      FROM json_to_recordset(new_edges) AS e (
        child_id text COLLATE "C", parent_id text COLLATE "C", edge_type text,
        transformation_type text, created_at bigint, position integer, counts boolean)
      WHERE e.counts
      ON CONFLICT (tenant, child_id, parent_id) DO UPDATE SET edge_type = excluded.edge_type,
        transformation_type = excluded.transformation_type, created_at = excluded.created_at,
        position = excluded.position
      WHERE l.position < excluded.position
      RETURNING l.xmax = 0 AS is_new
    )
    SELECT redrawn_edges - count(*) FILTER (WHERE is_new) INTO redrawn_edges FROM drawn;
    INSERT INTO pending_edges (tenant, child_id, parent_id, edge_type, transformation_type,
      created_at, position)
    SELECT of_tenant, e.child_id, e.parent_id, e.edge_type, e.transformation_type, e.created_at,
      e.position
    FROM json_to_recordset(new_edges) AS e (
      child_id text COLLATE "C", parent_id text COLLATE "C", edge_type text,
      transformation_type text, created_at bigint, position integer, counts boolean)
    WHERE NOT e.counts;

    UPDATE events e SET action = 'created'
    FROM json_to_recordset(moved) AS m (id text COLLATE "C", at bigint, key text COLLATE "C")
    WHERE e.tenant = of_tenant AND e.pattern_id = m.id AND e.at = m.at AND e.event_id = m.key
      AND e.action IS NOT NULL;
    UPDATE patterns p SET name = m.name
    FROM json_to_recordset(moved) AS m (id text COLLATE "C", name text)
    WHERE p.tenant = of_tenant AND p.id = m.id AND m.name IS NOT NULL;
    UPDATE pattern_code c SET name = m.name, words = array_to_tsvector(string_to_array(m.words, ' '))
    FROM json_to_recordset(moved) AS m (id text COLLATE "C", name text, words text)
    WHERE c.tenant = of_tenant AND c.id = m.id AND m.name IS NOT NULL;
    UPDATE patterns p SET occurrences = p.occurrences - k.lost,
      first_seen_at = least(coalesce(p.origin_at, p.first_seen_at), coalesce(k.first_at, p.origin_at,
        p.first_seen_at)),
      last_seen_at = greatest(coalesce(p.origin_at, p.first_seen_at), coalesce(k.newest_at, p.origin_at,
        p.first_seen_at)),
      newest_at = k.newest_at, file_path = k.file_path, session_id = k.session_id
    FROM json_to_recordset(kept) AS k (id text COLLATE "C", lost bigint, first_at bigint,
      newest_at bigint, file_path text, session_id text)
    WHERE p.tenant = of_tenant AND p.id = k.id;

    IF takes_calls THEN
      DELETE FROM tool_calls c
      USING (SELECT DISTINCT session_id, tool_use_id FROM json_to_recordset(removed) AS r (
        session_id text COLLATE "C", tool_use_id text COLLATE "C")) AS r
      WHERE c.tenant = of_tenant AND c.session_id = r.session_id AND c.tool_use_id = r.tool_use_id
        AND (c.session_id, c.tool_use_id) NOT IN (
          SELECT e.session_id, e.tool_use_id FROM events e
          WHERE e.tenant = of_tenant AND e.tool_use_id IS NOT NULL AND e.action IS NOT NULL
            AND e.session_id IN (
              SELECT s.session_id FROM json_to_recordset(removed) AS s (session_id text COLLATE "C")));
      GET DIAGNOSTICS n_calls = ROW_COUNT;
    END IF;
    DELETE FROM sessions s
    USING (SELECT DISTINCT session_id FROM json_to_recordset(removed) AS r (
      session_id text COLLATE "C")) AS r
    WHERE s.tenant = of_tenant AND s.id = r.session_id
      AND NOT EXISTS (SELECT FROM events e WHERE e.tenant = of_tenant AND e.session_id = s.id
        AND e.action IS NOT NULL)
      AND NOT EXISTS (SELECT FROM tool_calls c WHERE c.tenant = of_tenant AND c.session_id = s.id);
    GET DIAGNOSTICS n_sessions = ROW_COUNT;

    PERFORM add_totals_1(of_tenant, coalesce(lost, '[]'));
    PERFORM add_totals_1(of_tenant, json_build_array(
      json_build_object('name', 'occurrences', 'value', -n_occurrences),
      json_build_object('name', 'edges', 'value', -n_edges - redrawn_edges),
      json_build_object('name', 'sessions', 'value', -n_sessions),
      json_build_object('name', 'tool_calls', 'value', -n_calls)));
    RETURN json_build_object('patterns', n_patterns, 'versions', n_versions, 'events', n_events,
      'occurrences', n_occurrences, 'edges', n_edges, 'feedback', n_feedback,
      'improvements', n_improvements, 'executions', n_calls, 'sessions', n_sessions);
  END $forget$;

  -- Adds to the numbers of rows of a tenant.
  CREATE FUNCTION add_totals_1(of_tenant text, counts json) RETURNS void LANGUAGE sql AS $add$
    INSERT INTO totals AS t (tenant, name, shard, value)
    SELECT of_tenant, c.name, pg_backend_pid() % 64, sum(c.value)
    FROM json_to_recordset(counts) AS c (name text COLLATE "C", value bigint)
    GROUP BY c.name HAVING sum(c.value) <> 0 ORDER BY c.name
    ON CONFLICT (tenant, name, shard) DO UPDATE SET value = t.value + excluded.value;
  $add$;

  -- Deletes rows that are chosen by themselves, and not with their pattern; sessions when nothing else is left.
  CREATE FUNCTION forget_others_1(
    of_tenant text, of_pattern text, of_session text, of_machine text, before bigint, most bigint
  ) RETURNS json LANGUAGE plpgsql AS $forget$
  DECLARE
    n_feedback bigint;
    n_improvements bigint := 0;
    n_calls bigint := 0;
    n_sessions bigint := 0;
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('descent of ' || of_tenant, 0));
    DELETE FROM feedback WHERE tenant = of_tenant AND (pattern_id, id) IN (
      SELECT f.pattern_id, f.id FROM feedback f WHERE f.tenant = of_tenant
        AND (of_pattern IS NULL OR f.pattern_id = of_pattern)
        AND (of_session IS NULL OR f.session_id = of_session)
        AND (of_machine IS NULL OR f.extra ->> 'machine' = of_machine)
        AND (before IS NULL OR f.at < before) LIMIT most);
    GET DIAGNOSTICS n_feedback = ROW_COUNT;
    IF of_session IS NULL AND of_machine IS NULL THEN
      DELETE FROM applied_improvements WHERE tenant = of_tenant AND (pattern_id, improvement_id) IN (
        SELECT i.pattern_id, i.improvement_id FROM applied_improvements i WHERE i.tenant = of_tenant
          AND (of_pattern IS NULL OR i.pattern_id = of_pattern)
          AND (before IS NULL OR i.at < before) LIMIT most);
      GET DIAGNOSTICS n_improvements = ROW_COUNT;
    END IF;
    IF of_pattern IS NULL AND of_machine IS NULL THEN
      DELETE FROM tool_calls WHERE tenant = of_tenant AND (session_id, tool_use_id) IN (
        SELECT c.session_id, c.tool_use_id FROM tool_calls c WHERE c.tenant = of_tenant
          AND (of_session IS NULL OR c.session_id = of_session)
          AND (before IS NULL OR c.at < before) LIMIT most);
      GET DIAGNOSTICS n_calls = ROW_COUNT;
      DELETE FROM sessions WHERE tenant = of_tenant AND id IN (
        SELECT s.id FROM sessions s WHERE s.tenant = of_tenant
          AND (of_session IS NULL OR s.id = of_session)
          AND (before IS NULL OR s.met_at < before)
          AND NOT EXISTS (SELECT FROM events e WHERE e.tenant = of_tenant AND e.session_id = s.id
            AND e.action IS NOT NULL)
          AND NOT EXISTS (
            SELECT FROM tool_calls c WHERE c.tenant = of_tenant AND c.session_id = s.id)
        LIMIT most);
      GET DIAGNOSTICS n_sessions = ROW_COUNT;
    END IF;
    PERFORM add_totals_1(of_tenant, json_build_array(
      json_build_object('name', 'sessions', 'value', -n_sessions),
      json_build_object('name', 'tool_calls', 'value', -n_calls)));
    RETURN json_build_object('feedback', n_feedback, 'improvements', n_improvements,
      'executions', n_calls, 'sessions', n_sessions);
  END $forget$;
`;
