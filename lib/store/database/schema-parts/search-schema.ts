/** What `search` and `similar` look code and texts up in. */
export const SEARCH_TABLES = `
  -- Which runs of three characters the texts of an event have. The courier fills it; its rows are
  -- those of indexRow() in lib/store/queries/search/searchable.ts.
  CREATE VIRTUAL TABLE search_index USING fts5(
    text, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram'
  );
  CREATE TABLE search_progress (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    indexed_to INTEGER NOT NULL     -- the last event that is in the index
  );
  INSERT INTO search_progress VALUES (1, 0);
  -- The id of the last event is given again once it is removed.
  CREATE TRIGGER events_unsearched AFTER DELETE ON events
  WHEN old.id > coalesce((SELECT max(id) FROM events), 0) BEGIN
    UPDATE search_progress SET indexed_to = min(indexed_to, coalesce((SELECT max(id) FROM events), 0));
  END;
  -- Retention removes an event and adds it again without its payload, which a prompt is found by.
  CREATE TRIGGER prompts_unsearched AFTER DELETE ON events WHEN old.name = 'UserPromptSubmit' BEGIN
    DELETE FROM search_index WHERE rowid = old.id * 2;
  END;

  -- What the code of a pattern has in common with similar code: the words of fingerprint() in
  -- lib/pattern/likeness/fingerprint.ts. It is filled together with search_index.
  CREATE TABLE fingerprints (
    id INTEGER PRIMARY KEY,         -- the row in similar_index
    pattern_id TEXT NOT NULL UNIQUE
  );
  CREATE VIRTUAL TABLE similar_index USING fts5(
    bands, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
  );
  CREATE TRIGGER patterns_unlike AFTER DELETE ON patterns BEGIN
    DELETE FROM similar_index WHERE rowid = (SELECT id FROM fingerprints WHERE pattern_id = old.id);
    DELETE FROM fingerprints WHERE pattern_id = old.id;
  END;
`;
