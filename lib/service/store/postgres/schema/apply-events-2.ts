/**
 * The function that writes what track-planner.ts planned; it replaces `apply_events_1`. It does not know the
 * rules of descent: it writes the rows that `Descent` worked out from what was read. It also raises 40001
 * when that is no longer what is stored.
 *
 * A released function is never edited: a change is a function of another name.
 */
export const APPLY_EVENTS_2 = `
  CREATE FUNCTION apply_events_2(
    of_tenant text, rewrites boolean, read_nodes json, family text[], new_ids text[], new_events json,
    seen_patterns json, new_code json, changed_descents json, renamings json, new_versions json,
    new_edges json, seen_sessions json, new_calls json, deprecations json, counts json
  ) RETURNS void LANGUAGE plpgsql AS $apply$
  DECLARE
    written bigint;
    added_edges bigint := 0;
    removed_edges bigint := 0;
    moved_languages json;
    added_sessions bigint := 0;
    added_calls bigint := 0;
  BEGIN
    -- A batch that changes the descent of stored patterns, or keeps a claim that does not count, writes
    -- alone in its tenant. All others write side by side, and check here that what was read still holds.
    IF rewrites THEN
      PERFORM pg_advisory_xact_lock(hashtextextended('descent of ' || of_tenant, 0));
    ELSE
      PERFORM pg_advisory_xact_lock_shared(hashtextextended('descent of ' || of_tenant, 0));
    END IF;
    IF EXISTS (
      SELECT FROM json_to_recordset(read_nodes) AS n (
        id text COLLATE "C", origin_at bigint, generation integer, lineage_id text)
      LEFT JOIN patterns p ON p.tenant = of_tenant AND p.id = n.id
      WHERE (coalesce(p.origin_at, p.first_seen_at), p.generation, p.lineage_id)
        IS DISTINCT FROM (n.origin_at, n.generation, n.lineage_id)
    ) THEN
      RAISE EXCEPTION 'a parent has changed meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;
    IF EXISTS (
      SELECT FROM pending_edges
      WHERE tenant = of_tenant AND parent_id = ANY (new_ids) AND child_id <> ALL (family)
    ) OR (rewrites AND EXISTS (
      SELECT FROM json_to_recordset(changed_descents) AS d (id text COLLATE "C")
      CROSS JOIN LATERAL (
        SELECT child_id FROM pending_edges WHERE tenant = of_tenant AND parent_id = d.id
        UNION ALL
        SELECT child_id FROM lineage_edges
        WHERE tenant = of_tenant AND parent_id = d.id AND position >= 0
      ) AS claimant
      WHERE claimant.child_id <> ALL (family)
    )) THEN
      RAISE EXCEPTION 'a child came meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;

    IF EXISTS (SELECT FROM forgotten_lineage WHERE tenant = of_tenant) AND EXISTS (
      SELECT FROM json_to_recordset(new_events) AS e (event_id text)
      JOIN forgotten_lineage f ON f.tenant = of_tenant
        AND f.digest = sha256(convert_to('event ' || e.event_id, 'UTF8'))
    ) THEN
      RAISE EXCEPTION 'an event was deleted meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;
    INSERT INTO event_ids (tenant, event_id, received_at)
    SELECT of_tenant, e.event_id, e.received_at
    FROM json_to_recordset(new_events) AS e (event_id text COLLATE "C", received_at bigint)
    ORDER BY e.event_id
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written <> json_array_length(new_events) THEN
      RAISE EXCEPTION 'an event was applied meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;

    IF rewrites THEN
      -- The occurrence that was the origin is not any more, or is of another kind.
      UPDATE events e SET action = CASE WHEN d.is_origin_new THEN 'applied' ELSE d.origin END
      FROM json_to_recordset(changed_descents) AS d (
        id text COLLATE "C", is_redrawn boolean, is_origin_new boolean, origin text)
      JOIN patterns p ON p.tenant = of_tenant AND p.id = d.id
      WHERE d.is_redrawn AND e.tenant = of_tenant AND e.pattern_id = d.id
        AND e.version = p.version AND e.action IN ('created', 'modified');

      UPDATE patterns p SET origin = d.origin, generation = d.generation, lineage_id = d.lineage_id,
        first_seen_at = least(p.first_seen_at, d.origin_at), origin_at = d.origin_at,
        origin_key = d.origin_key
      FROM json_to_recordset(changed_descents) AS d (
        id text COLLATE "C", origin text, generation integer, lineage_id text, origin_at bigint,
        origin_key text)
      WHERE p.tenant = of_tenant AND p.id = d.id;

      DELETE FROM lineage_edges e
      USING json_to_recordset(changed_descents) AS d (id text COLLATE "C", is_redrawn boolean)
      WHERE d.is_redrawn AND e.tenant = of_tenant AND e.child_id = d.id AND e.position >= 0;
      GET DIAGNOSTICS removed_edges = ROW_COUNT;
      DELETE FROM pending_edges e
      USING json_to_recordset(changed_descents) AS d (id text COLLATE "C", is_redrawn boolean)
      WHERE d.is_redrawn AND e.tenant = of_tenant AND e.child_id = d.id;

      SELECT json_agg(json_build_object('name', 'language:' || moved.language, 'value', moved.value))
      INTO moved_languages
      FROM json_to_recordset(renamings) AS r (id text COLLATE "C", language text)
      JOIN patterns p ON p.tenant = of_tenant AND p.id = r.id AND p.language <> r.language
      CROSS JOIN LATERAL (VALUES (p.language, -1), (r.language, 1)) AS moved (language, value);
      UPDATE patterns p SET name = r.name, pattern_type = r.pattern_type, language = r.language
      FROM json_to_recordset(renamings) AS r (
        id text COLLATE "C", name text, pattern_type text, language text)
      WHERE p.tenant = of_tenant AND p.id = r.id;
      UPDATE pattern_code c SET name = r.name
      FROM json_to_recordset(renamings) AS r (id text COLLATE "C", name text)
      WHERE c.tenant = of_tenant AND c.id = r.id AND c.name <> r.name;
    END IF;

    INSERT INTO events (tenant, event_id, event_type, pattern_id, version, action, session_id,
      tool_use_id, tool_name, agent_name, machine, file_path, language, start_line, end_line,
      duration_ms, reason, triggered_by, at, received_at, extra)
    SELECT of_tenant, e.*
    FROM json_to_recordset(new_events) AS e (
      event_id text, event_type text, pattern_id text, version text, action text, session_id text,
      tool_use_id text, tool_name text, agent_name text, machine text, file_path text, language text,
      start_line bigint, end_line bigint, duration_ms double precision, reason text,
      triggered_by text, at bigint, received_at bigint, extra jsonb);

    WITH given AS MATERIALIZED (
      SELECT * FROM json_to_recordset(seen_patterns) AS p (
        is_new boolean, id text COLLATE "C", name text, pattern_type text, version text,
        language text, lines integer, origin text, generation integer, lineage_id text,
        origin_at bigint, origin_key text, occurrences bigint, first_seen_at bigint, last_seen_at bigint,
        newest_at bigint, file_path text, session_id text)
    ), put AS (
      INSERT INTO patterns AS p (tenant, id, name, pattern_type, version, language, lines, origin,
        generation, lineage_id, origin_at, origin_key, occurrences, first_seen_at, last_seen_at, newest_at,
        file_path, session_id)
      SELECT of_tenant, id, name, pattern_type, version, language, lines, origin, generation,
        lineage_id, origin_at, origin_key, occurrences, first_seen_at, last_seen_at, newest_at, file_path, session_id
      FROM given ORDER BY id
      ON CONFLICT (tenant, id) DO UPDATE SET
        occurrences = p.occurrences + excluded.occurrences,
        origin_at = coalesce(p.origin_at, p.first_seen_at),
        first_seen_at = least(p.first_seen_at, excluded.first_seen_at),
        last_seen_at = greatest(p.last_seen_at, excluded.last_seen_at),
        newest_at = greatest(p.newest_at, excluded.newest_at),
        file_path = CASE WHEN p.newest_at > excluded.newest_at THEN p.file_path
          ELSE excluded.file_path END,
        session_id = CASE WHEN p.newest_at > excluded.newest_at THEN p.session_id
          ELSE excluded.session_id END
      RETURNING p.id, p.xmax = 0 AS is_new
    )
    SELECT count(*) INTO written
    FROM put JOIN given ON given.id = put.id WHERE put.is_new <> given.is_new;
    IF written > 0 THEN
      RAISE EXCEPTION 'a pattern came meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;

    INSERT INTO pattern_code (tenant, id, name, code, words)
    SELECT of_tenant, c.id, c.name, c.code, array_to_tsvector(string_to_array(c.words, ' '))
    FROM json_to_recordset(new_code) AS c (id text, name text, code text, words text);

    IF json_array_length(new_versions) > 0 THEN
      INSERT INTO pattern_versions (tenant, pattern_id, version, generation, name, code, pattern_type,
        from_version, edge_type, transformation_type, at)
      SELECT of_tenant, v.*
      FROM json_to_recordset(new_versions) AS v (
        pattern_id text COLLATE "C", version text COLLATE "C", generation integer, name text,
        code text, pattern_type text, from_version text, edge_type text, transformation_type text, at bigint)
      ORDER BY v.pattern_id, v.version
      ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS written = ROW_COUNT;
      IF written <> json_array_length(new_versions) THEN
        RAISE EXCEPTION 'a version came meanwhile' USING ERRCODE = 'serialization_failure';
      END IF;
    END IF;

    IF json_array_length(new_edges) > 0 THEN
      WITH drawn AS (
        INSERT INTO lineage_edges AS l (tenant, child_id, parent_id, edge_type, transformation_type,
          created_at, position)
        SELECT of_tenant, e.child_id, e.parent_id, e.edge_type, e.transformation_type, e.created_at,
          e.position
        FROM json_to_recordset(new_edges) AS e (
          child_id text COLLATE "C", parent_id text COLLATE "C", edge_type text,
          transformation_type text, created_at bigint, position integer, counts boolean)
        WHERE e.counts
        ORDER BY e.child_id, e.parent_id
        -- A further version and the origin may name the same parent: the origin's edge holds.
        ON CONFLICT (tenant, child_id, parent_id) DO UPDATE SET edge_type = excluded.edge_type,
          transformation_type = excluded.transformation_type, created_at = excluded.created_at,
          position = excluded.position
        WHERE l.position < excluded.position
        RETURNING l.xmax = 0 AS is_new
      )
      SELECT count(*) INTO added_edges FROM drawn WHERE is_new;
      INSERT INTO pending_edges (tenant, child_id, parent_id, edge_type, transformation_type,
        created_at, position)
      SELECT of_tenant, e.child_id, e.parent_id, e.edge_type, e.transformation_type, e.created_at,
        e.position
      FROM json_to_recordset(new_edges) AS e (
        child_id text COLLATE "C", parent_id text COLLATE "C", edge_type text,
        transformation_type text, created_at bigint, position integer, counts boolean)
      WHERE NOT e.counts;
    END IF;

    IF json_array_length(seen_sessions) > 0 THEN
      -- Never updated: otherwise all who write to one session would wait for each other.
      INSERT INTO sessions (tenant, id, met_at)
      SELECT of_tenant, s.*
      FROM json_to_recordset(seen_sessions) AS s (id text COLLATE "C", met_at bigint)
      ORDER BY s.id
      ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS added_sessions = ROW_COUNT;
    END IF;

    IF json_array_length(new_calls) > 0 THEN
      INSERT INTO tool_calls (tenant, session_id, tool_use_id, tool_name, agent_name, summary, outcome,
        ended_at, duration_ms, at)
      SELECT of_tenant, c.session_id, c.tool_use_id, c.tool_name, c.agent_name, c.summary, 'ok',
        c.at, c.duration_ms, c.at
      FROM json_to_recordset(new_calls) AS c (
        session_id text COLLATE "C", tool_use_id text COLLATE "C", tool_name text, agent_name text,
        summary text, duration_ms double precision, at bigint)
      ORDER BY c.session_id, c.tool_use_id
      ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS added_calls = ROW_COUNT;
    END IF;

    IF json_array_length(deprecations) > 0 THEN
      -- The latest deprecation holds, whatever the order of arrival.
      UPDATE patterns p SET deprecated_at = d.at, deprecation_reason = d.reason
      FROM (
        SELECT DISTINCT ON (id) id, reason, at
        FROM json_to_recordset(deprecations) AS given (
          id text COLLATE "C", reason text COLLATE "C", at bigint)
        ORDER BY id, at DESC, coalesce(reason, '') DESC
      ) AS d
      WHERE p.tenant = of_tenant AND p.id = d.id
        AND (p.deprecated_at IS NULL OR (p.deprecated_at, coalesce(p.deprecation_reason, ''))
          < (d.at, coalesce(d.reason, '')));
    END IF;

    INSERT INTO totals AS t (tenant, name, shard, value)
    SELECT of_tenant, c.name, pg_backend_pid() % 64, sum(c.value)
    FROM (
      SELECT * FROM json_to_recordset(counts) AS g (name text COLLATE "C", value bigint)
      UNION ALL SELECT * FROM json_to_recordset(coalesce(moved_languages, '[]')) AS g (
        name text COLLATE "C", value bigint)
      UNION ALL VALUES ('edges', added_edges - removed_edges), ('sessions', added_sessions),
        ('tool_calls', added_calls)
    ) AS c
    GROUP BY c.name HAVING sum(c.value) <> 0 ORDER BY c.name
    ON CONFLICT (tenant, name, shard) DO UPDATE SET value = t.value + excluded.value;
  END $apply$;
`;
