-- Articles as resources: when they were published, their history, and how they rest on each other.

ALTER TABLE articles
  ADD COLUMN published_from int NOT NULL DEFAULT 0,
  ADD COLUMN published_to int NOT NULL DEFAULT 999999999,
  ADD COLUMN published_printed text NOT NULL DEFAULT '',
  ADD COLUMN published_basis smallint NOT NULL DEFAULT 0,
  ADD COLUMN language text NOT NULL DEFAULT '',
  ADD COLUMN note text NOT NULL DEFAULT '',
  ADD COLUMN merged_into uuid,      -- a stub that turned out to be this article, which is not merged itself
  ADD COLUMN edited boolean NOT NULL DEFAULT false,  -- by a person: imports leave what it says
  ADD COLUMN revision int NOT NULL DEFAULT 1,
  ADD COLUMN update_time timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN changed_by text NOT NULL DEFAULT '',
  ADD COLUMN changed_via text NOT NULL DEFAULT '',
  ADD COLUMN change_reason text NOT NULL DEFAULT '';

-- What was printed in them tells when they were published.
UPDATE articles r SET published_from = p.published_from, published_to = p.published_to,
  published_printed = p.published_printed, published_basis = p.published_basis
FROM (
  SELECT DISTINCT ON (article_id) article_id, published_from, published_to, published_printed, published_basis
  FROM appearances WHERE article_id IS NOT NULL AND (published_from, published_to) <> (0, 999999999)
  ORDER BY article_id, create_time, quote_id, id) p
WHERE p.article_id = r.id;

-- Earlier states are numbered, and whole: what they did not hold is as it is now.
ALTER TABLE article_revisions ADD COLUMN revision int;
UPDATE article_revisions v SET revision = n.number,
  state = to_jsonb(r) || v.state || jsonb_build_object('revision', n.number, 'update_time', coalesce(n.since, r.create_time))
FROM articles r, (
  SELECT article_id, replaced_time, row_number() OVER past AS number, lag(replaced_time) OVER past AS since
  FROM article_revisions WINDOW past AS (PARTITION BY article_id ORDER BY replaced_time)) n
WHERE r.id = v.article_id AND n.article_id = v.article_id AND n.replaced_time = v.replaced_time;
UPDATE articles r SET update_time = r.create_time;
UPDATE articles r SET revision = v.revision + 1, update_time = v.replaced_time
FROM (SELECT article_id, max(revision) AS revision, max(replaced_time) AS replaced_time
  FROM article_revisions GROUP BY article_id) v
WHERE v.article_id = r.id;
ALTER TABLE article_revisions ALTER COLUMN revision SET NOT NULL;
ALTER TABLE article_revisions DROP CONSTRAINT article_revisions_pkey;
ALTER TABLE article_revisions ADD CONSTRAINT article_revisions_pkey PRIMARY KEY (article_id, revision);

-- The orders of lists.
CREATE INDEX articles_published ON articles (published_from, id);
CREATE INDEX articles_outlet_published ON articles (outlet_id, published_from, id);
CREATE INDEX articles_stubs ON articles (published_from, id) WHERE stub;
CREATE INDEX articles_merged_into ON articles (merged_into) WHERE merged_into IS NOT NULL;

-- Ids computed from an url, or outlet, headline and day, that lead to an article with another id: of stubs that were
-- filled in, of articles that were edited or merged since, and of those recorded under another name of their outlet.
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
CREATE INDEX article_links_article ON article_links (article_id, id);
CREATE INDEX article_links_other ON article_links (other_id, id);
