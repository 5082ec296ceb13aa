-- Articles as resources: when they were published, their history, and how they rest on each other.

ALTER TABLE articles
  ADD COLUMN published_from int NOT NULL DEFAULT 0,
  ADD COLUMN published_to int NOT NULL DEFAULT 999999999,
  ADD COLUMN published_printed text NOT NULL DEFAULT '',
  ADD COLUMN published_basis smallint NOT NULL DEFAULT 0,
  ADD COLUMN language text NOT NULL DEFAULT '',
  ADD COLUMN note text NOT NULL DEFAULT '',
  ADD COLUMN merged_into uuid,      -- a stub that turned out to be this article
  ADD COLUMN revision int NOT NULL DEFAULT 1,
  ADD COLUMN update_time timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN changed_by text NOT NULL DEFAULT '',
  ADD COLUMN changed_via text NOT NULL DEFAULT '',
  ADD COLUMN change_reason text NOT NULL DEFAULT '';
UPDATE articles SET update_time = create_time;

-- Ids computed from an outlet and url, or outlet, headline and day, that lead to an article with another id: of stubs
-- that were filled in, and of articles that were edited or merged since.
CREATE TABLE article_keys (
  key uuid NOT NULL CONSTRAINT article_keys_pkey PRIMARY KEY,
  article_id uuid NOT NULL
);

-- article_id rests on other_id. Kept in versions, as claim_relations are.
CREATE TABLE article_links (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT article_links_pkey PRIMARY KEY,
  article_id uuid NOT NULL,
  kind smallint NOT NULL,
  other_id uuid NOT NULL,
  note text NOT NULL,
  author text NOT NULL,
  via text NOT NULL,
  recorded_from timestamptz NOT NULL,
  recorded_to timestamptz NOT NULL DEFAULT 'infinity',
  ended_by text NOT NULL DEFAULT '',
  end_reason text NOT NULL DEFAULT '',
  CONSTRAINT article_links_two_articles CHECK (article_id <> other_id)
);
CREATE UNIQUE INDEX article_links_current ON article_links (article_id, kind, other_id) WHERE recorded_to = 'infinity';
CREATE INDEX article_links_article ON article_links (article_id);
CREATE INDEX article_links_other ON article_links (other_id);
