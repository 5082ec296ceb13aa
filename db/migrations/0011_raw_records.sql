-- Raw records: what the record of an appearance looked like in its source, once for each hash. They are no part of the
-- content of a record.

CREATE TABLE raw_records (
  quote_id uuid NOT NULL,
  appearance_id uuid NOT NULL,      -- zeros: a quote without an appearance
  hash bytea NOT NULL,              -- SHA-256 of raw as it came
  format text NOT NULL,
  raw bytea NOT NULL,
  losses text NOT NULL,             -- one a line
  article_key uuid,                 -- as articles.id is computed: what was printed together is redacted together
  import_id bigint NOT NULL,
  create_time timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT raw_records_pkey PRIMARY KEY (quote_id, appearance_id, hash)
);
CREATE INDEX raw_records_article ON raw_records (article_key);
