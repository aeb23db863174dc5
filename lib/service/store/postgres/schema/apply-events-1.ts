/**
 * The function that replicas of the release before call. It writes a whole plan or nothing, in one round trip,
 * and raises 40001 when the database is no longer what the plan was made from. Everyone locks tables in the
 * order below and rows in the order of their keys, so that nobody waits in a circle.
 *
 * A released function is never edited: a change is a function of another name.
 */
export const APPLY_EVENTS_1 = `
  CREATE FUNCTION apply_events_1(
    of_tenant text, new_events json, seen_patterns json, new_code json, new_versions json,
    new_edges json, seen_sessions json, new_calls json, deprecations json, counts json
  ) RETURNS void LANGUAGE plpgsql AS $apply$
  DECLARE
    written bigint;
    added_edges bigint := 0;
    added_sessions bigint := 0;
    added_calls bigint := 0;
  BEGIN
    INSERT INTO event_ids (tenant, event_id, received_at)
    SELECT of_tenant, e.event_id, e.received_at
    FROM json_to_recordset(new_events) AS e (event_id text COLLATE "C", received_at bigint)
    ORDER BY e.event_id
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written <> json_array_length(new_events) THEN
      RAISE EXCEPTION 'an event was applied meanwhile' USING ERRCODE = 'serialization_failure';
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
        occurrences bigint, first_seen_at bigint, last_seen_at bigint, newest_at bigint,
        file_path text, session_id text)
    ), put AS (
      INSERT INTO patterns AS p (tenant, id, name, pattern_type, version, language, lines, origin,
        generation, lineage_id, occurrences, first_seen_at, last_seen_at, newest_at, file_path,
        session_id)
      SELECT of_tenant, id, name, pattern_type, version, language, lines, origin, generation,
        lineage_id, occurrences, first_seen_at, last_seen_at, newest_at, file_path, session_id
      FROM given ORDER BY id
      ON CONFLICT (tenant, id) DO UPDATE SET
        occurrences = p.occurrences + excluded.occurrences,
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
      INSERT INTO lineage_edges (tenant, child_id, parent_id, edge_type, transformation_type,
        created_at)
      SELECT of_tenant, e.*
      FROM json_to_recordset(new_edges) AS e (
        child_id text COLLATE "C", parent_id text COLLATE "C", edge_type text,
        transformation_type text, created_at bigint)
      ORDER BY e.child_id, e.parent_id
      ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS added_edges = ROW_COUNT;
    END IF;

    IF json_array_length(seen_sessions) > 0 THEN
      -- Never updated, since all that write in a session would wait for each other.
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
      UPDATE patterns p SET deprecated_at = d.at, deprecation_reason = d.reason
      FROM json_to_recordset(deprecations) AS d (id text, reason text, at bigint)
      WHERE p.tenant = of_tenant AND p.id = d.id;
    END IF;

    INSERT INTO totals AS t (tenant, name, shard, value)
    SELECT of_tenant, c.name, pg_backend_pid() % 64, c.value
    FROM (
      SELECT * FROM json_to_recordset(counts) AS g (name text COLLATE "C", value bigint)
      UNION ALL VALUES ('edges', added_edges), ('sessions', added_sessions),
        ('tool_calls', added_calls)
    ) AS c
    WHERE c.value <> 0 ORDER BY c.name
    ON CONFLICT (tenant, name, shard) DO UPDATE SET value = t.value + excluded.value;
  END $apply$;
`;
