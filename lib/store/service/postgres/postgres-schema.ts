/**
 * The schema of a service's database, one script a version; a version that was released is never edited:
 * a change is a new script, and a changed function has a new name, so that replicas of two releases work
 * side by side. Times are milliseconds since 1970 UTC.
 */
export const MIGRATIONS: readonly string[] = [
  `
  -- What was applied: each event id of a tenant once, whatever its time.
  CREATE TABLE event_ids (
    tenant text COLLATE "C" NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    received_at bigint NOT NULL,
    PRIMARY KEY (tenant, event_id)
  );

  -- One row an event that was applied. Those with an action are occurrences: code was written to a file.
  CREATE TABLE events (
    tenant text COLLATE "C" NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    event_type text NOT NULL,
    pattern_id text COLLATE "C" NOT NULL,
    version text NOT NULL,
    action text,                    -- created, modified, applied; null: only tells of a pattern
    session_id text COLLATE "C",
    tool_use_id text,
    tool_name text,
    agent_name text,
    machine text,
    file_path text,
    language text,
    start_line bigint,
    end_line bigint,                -- inclusive
    duration_ms double precision,   -- of the tool call
    reason text,
    triggered_by text,
    at bigint NOT NULL,
    received_at bigint NOT NULL,
    extra jsonb NOT NULL            -- every key that has no column
  ) PARTITION BY RANGE (at);
  CREATE INDEX events_by_pattern ON events (tenant, pattern_id, at);
  CREATE INDEX events_by_session ON events (tenant, session_id);
  -- What has an odd time. The months have partitions of their own: events_2026_11, made when needed.
  CREATE TABLE events_default PARTITION OF events DEFAULT;

  -- Narrow, since every occurrence updates a row; the code is in pattern_code.
  CREATE TABLE patterns (
    tenant text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    pattern_type text COLLATE "C" NOT NULL,
    version text NOT NULL,
    language text COLLATE "C" NOT NULL,
    lines integer NOT NULL,
    origin text NOT NULL,           -- created, modified
    generation integer NOT NULL,    -- above that of each parent
    lineage_id text NOT NULL,       -- the root pattern's id
    occurrences bigint NOT NULL,
    first_seen_at bigint NOT NULL,
    last_seen_at bigint NOT NULL,
    newest_at bigint,               -- of the newest occurrence, as the two below
    file_path text,
    session_id text,
    deprecated_at bigint,
    deprecation_reason text,
    PRIMARY KEY (tenant, id)
  ) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05);
  CREATE INDEX patterns_by_last_seen ON patterns (tenant, last_seen_at, id);
  CREATE INDEX patterns_by_language ON patterns (tenant, language, last_seen_at, id);
  CREATE INDEX patterns_by_type ON patterns (tenant, pattern_type, last_seen_at, id);

  -- Written once. words: those of name and code, and one that only this tenant has.
  CREATE TABLE pattern_code (
    tenant text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    code text NOT NULL,
    words tsvector NOT NULL,
    PRIMARY KEY (tenant, id)
  );
  CREATE INDEX pattern_code_by_word ON pattern_code USING gin (words)
    WITH (gin_pending_list_limit = 512);

  -- Versions of a pattern beyond its first, which is its row in patterns.
  CREATE TABLE pattern_versions (
    tenant text COLLATE "C" NOT NULL,
    pattern_id text COLLATE "C" NOT NULL,
    version text COLLATE "C" NOT NULL,
    generation integer NOT NULL,
    name text NOT NULL,
    pattern_type text NOT NULL,
    from_version text,              -- of the same pattern
    edge_type text NOT NULL,
    transformation_type text,
    at bigint NOT NULL,
    PRIMARY KEY (tenant, pattern_id, version)
  );

  CREATE TABLE lineage_edges (
    tenant text COLLATE "C" NOT NULL,
    child_id text COLLATE "C" NOT NULL,
    parent_id text COLLATE "C" NOT NULL,
    edge_type text NOT NULL,
    transformation_type text,
    created_at bigint NOT NULL,
    PRIMARY KEY (tenant, child_id, parent_id)
  );
  CREATE INDEX lineage_edges_by_parent ON lineage_edges (tenant, parent_id);

  CREATE TABLE sessions (
    tenant text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    started_at bigint NOT NULL,
    last_event_at bigint NOT NULL,
    PRIMARY KEY (tenant, id)
  );

  CREATE TABLE tool_calls (
    tenant text COLLATE "C" NOT NULL,
    session_id text COLLATE "C" NOT NULL,
    tool_use_id text COLLATE "C" NOT NULL,
    tool_name text NOT NULL,
    agent_name text,
    summary text NOT NULL,
    outcome text NOT NULL,
    error text,
    started_at bigint,
    ended_at bigint,
    duration_ms double precision,
    at bigint NOT NULL,
    PRIMARY KEY (tenant, session_id, tool_use_id)
  );
  CREATE INDEX tool_calls_by_time ON tool_calls (tenant, at);
  CREATE INDEX tool_calls_by_use ON tool_calls (tenant, tool_use_id);

  CREATE TABLE feedback (
    tenant text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    pattern_id text COLLATE "C" NOT NULL,
    feedback_type text NOT NULL,
    is_success boolean,
    rating double precision,        -- 0 to 1
    execution_time_ms double precision,
    session_id text,
    comment text,
    at bigint NOT NULL,
    extra jsonb NOT NULL,
    PRIMARY KEY (tenant, id)
  );
  CREATE INDEX feedback_by_pattern ON feedback (tenant, pattern_id, at);

  CREATE TABLE applied_improvements (
    tenant text COLLATE "C" NOT NULL,
    pattern_id text COLLATE "C" NOT NULL,
    improvement_id text COLLATE "C" NOT NULL,
    is_forced boolean NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (tenant, pattern_id, improvement_id)
  );

  -- Looked up by the id alone: whose it is, the row says.
  CREATE TABLE api_tokens (
    id text COLLATE "C" PRIMARY KEY,
    name text NOT NULL,
    tenant text NOT NULL,
    scopes text NOT NULL,           -- read,write,admin
    digest text NOT NULL,           -- SHA-256 of the token, hex
    created_at bigint NOT NULL,
    expires_at bigint,
    revoked_at bigint,
    last_used_at bigint
  );

  -- Numbers of rows, which would take too long to count: patterns, lineages, occurrences, edges,
  -- sessions, tool_calls, language:…. A total is the sum over its shards: backends that write at the
  -- same time have one each, and do not wait for each other.
  CREATE TABLE totals (
    tenant text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    shard integer NOT NULL,
    value bigint NOT NULL,
    PRIMARY KEY (tenant, name, shard)
  ) WITH (fillfactor = 50);

  -- Writes what track-plan.ts planned, all or nothing, in one round trip. Raises 40001 when the database
  -- is no longer what the plan was made from. Rows are locked in the order of their keys and the tables
  -- in the order below, by everyone, so that nobody waits in a circle.
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

    INSERT INTO pattern_code (tenant, id, code, words)
    SELECT of_tenant, c.id, c.code, array_to_tsvector(string_to_array(c.words, ' '))
    FROM json_to_recordset(new_code) AS c (id text COLLATE "C", code text, words text)
    ORDER BY c.id;

    IF json_array_length(new_versions) > 0 THEN
      INSERT INTO pattern_versions (tenant, pattern_id, version, generation, name, pattern_type,
        from_version, edge_type, transformation_type, at)
      SELECT of_tenant, v.*
      FROM json_to_recordset(new_versions) AS v (
        pattern_id text COLLATE "C", version text COLLATE "C", generation integer, name text,
        pattern_type text, from_version text, edge_type text, transformation_type text, at bigint)
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
      WITH put AS (
        INSERT INTO sessions AS s (tenant, id, started_at, last_event_at)
        SELECT of_tenant, g.*
        FROM json_to_recordset(seen_sessions) AS g (
          id text COLLATE "C", started_at bigint, last_event_at bigint)
        ORDER BY g.id
        ON CONFLICT (tenant, id) DO UPDATE SET
          started_at = least(s.started_at, excluded.started_at),
          last_event_at = greatest(s.last_event_at, excluded.last_event_at)
        WHERE s.started_at > excluded.started_at OR s.last_event_at < excluded.last_event_at
        RETURNING s.xmax = 0 AS is_new
      )
      SELECT count(*) FILTER (WHERE is_new) INTO added_sessions FROM put;
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
  `,
];
