-- Imports that are taken back.

ALTER TABLE imports
  ADD COLUMN revert_reason text NOT NULL DEFAULT '',
  ADD COLUMN reverted_by text NOT NULL DEFAULT '',
  ADD COLUMN touched_count bigint NOT NULL DEFAULT 0,
  ADD COLUMN retracted_count bigint NOT NULL DEFAULT 0,
  ADD COLUMN restored_count bigint NOT NULL DEFAULT 0,
  ADD COLUMN kept_count bigint NOT NULL DEFAULT 0;
CREATE INDEX appearances_import ON appearances USING brin (import_id);

-- What an import touched and its revert has not come to yet.
CREATE TABLE to_revert (
  import_id bigint NOT NULL,
  kind smallint NOT NULL,           -- 1 quote, 2 review
  id uuid NOT NULL,
  CONSTRAINT to_revert_pkey PRIMARY KEY (import_id, kind, id)
);

-- What was taken back and no record brought again: what is known of earlier records does not count for it.
CREATE TABLE reverted (
  quote_id uuid NOT NULL,
  appearance_id uuid NOT NULL,      -- zeros: the quote itself
  CONSTRAINT reverted_pkey PRIMARY KEY (quote_id, appearance_id)
);
