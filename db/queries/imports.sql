-- Imports: batches of records, each in one transaction with the import's own progress.

-- name: CreateImport
INSERT INTO imports (source, unknown_names, state, author, request_id, part, parts, first_load)
VALUES ($1::text, $2::smallint, 1, $3::text, nullif($4::text, ''), $5::smallint, $6::smallint, $7::boolean)
ON CONFLICT (request_id) DO UPDATE SET request_id = excluded.request_id
RETURNING id;

-- fragment: ImportColumns
id, source, state, author, committed_sequence, created_count, updated_count, unchanged_count, conflict_count,
  rejected_count, (extract(epoch FROM create_time) * 1000000)::bigint,
  (extract(epoch FROM update_time) * 1000000)::bigint, unknown_names, part, parts, revert_reason,
  reverted_by, touched_count, retracted_count, restored_count, kept_count, first_load,
  (SELECT count(*) FROM deferred_indexes)

-- name: GetImport
-- index: imports_pkey
SELECT {{ImportColumns}} FROM imports WHERE id = $1::bigint;

-- name: ListImports
-- index: imports_pkey
SELECT {{ImportColumns}} FROM imports WHERE id < $1::bigint ORDER BY id DESC LIMIT $2::bigint;

-- The import moves on together with what its batch stored; nobody else may have moved it meanwhile.
-- name: AdvanceImport
-- index: imports_pkey
UPDATE imports SET committed_sequence = $3::bigint, created_count = created_count + $4::bigint,
  updated_count = updated_count + $5::bigint, unchanged_count = unchanged_count + $6::bigint,
  conflict_count = conflict_count + $7::bigint, rejected_count = rejected_count + $8::bigint, update_time = now()
WHERE id = $1::bigint AND committed_sequence = $2::bigint AND state = 1;

-- name: FinishImport
-- index: imports_pkey
UPDATE imports SET state = 2, update_time = now() WHERE id = $1::bigint AND state = 1;

-- name: InsertRejects
INSERT INTO import_rejects (import_id, sequence, result, record)
SELECT $1::bigint, r.sequence, r.result, r.record
FROM unnest($2::bigint[], $3::bytea[], $4::bytea[]) r (sequence, result, record);

-- Kept records in order, after the record $2 of import $1: at most $3, and no more once they have 4 MiB, since one may be as
-- large as a message.
-- name: ListRejects
-- index: import_rejects_pkey
-- each: OfImport import_id=$1::bigint | OfAll true
SELECT r.import_id, r.sequence, r.result, r.record, i.source FROM (
  SELECT r.*, sum(octet_length(record)) OVER (ORDER BY import_id, sequence) - octet_length(record) AS before
  FROM (SELECT * FROM import_rejects WHERE {1} AND (import_id, sequence) > ($1::bigint, $2::bigint)
        ORDER BY import_id, sequence LIMIT $3::bigint) r) r
JOIN imports i ON i.id = r.import_id
WHERE before < 4194304 ORDER BY r.import_id, r.sequence;

-- What is known of the records of a batch.
-- name: LookUpKeys
-- index: import_keys_pkey
SELECT key, quote_id, appearance_id, content_hash FROM import_keys WHERE key = ANY ($1::uuid[]);

-- name: LookUpAppearances
-- index: quotes_pkey
SELECT wanted.place, q.edited, q.state, a.content_hash, a.id IS NOT NULL
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY wanted (quote_id, appearance_id, place)
JOIN quotes q ON q.id = wanted.quote_id
LEFT JOIN appearances a ON a.quote_id = wanted.quote_id AND a.id = wanted.appearance_id;

-- Quotes that a batch changes are locked in the order of their ids, so that imports cannot deadlock.
-- name: LockQuotes
-- index: quotes_pkey
SELECT id, state FROM quotes WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE;

-- name: MakeStage
CREATE TEMP TABLE IF NOT EXISTS staged_quotes (
  id uuid, speaker_id int, described_as text, source_terms smallint, kind smallint, polarity smallint, text text,
  language text, original_text text, original_language text, said_from int, said_to int, said_printed text,
  said_basis smallint, occurred_on date, occurred_precision smallint, topic_ids int[], outlet_ids int[], note text,
  warnings smallint) ON COMMIT DELETE ROWS;

-- name: MakeAppearanceStage
CREATE TEMP TABLE IF NOT EXISTS staged_appearances (
  quote_id uuid, id uuid, outlet_id int, article_id uuid, published_from int, published_to int,
  published_printed text, published_basis smallint, published_day date, wording text, attribution text, cue text,
  role text, resolution smallint, ranges int[], marks smallint, context_before text, context_after text,
  relay_outlet_ids int[], relay_article_ids uuid[], content_hash uuid, url text, headline text, byline text, dateline text,
  topic_ids int[], text text) ON COMMIT DELETE ROWS;

-- name: ClearStage
DELETE FROM staged_quotes;

-- name: ClearAppearanceStage
DELETE FROM staged_appearances;

-- What a record knows of an article and the record does not is filled in; what is known stays, and so does what was
-- removed by a redaction.

-- Those that will change, locked in the order of ids.
-- name: LockStagedArticles
SELECT articles.id FROM articles JOIN (
  {{StagedArticles}}) excluded ON excluded.id = articles.id
WHERE {{IsFilledIn}}
ORDER BY articles.id FOR NO KEY UPDATE OF articles;

-- name: InsertStagedArticles
WITH staged AS MATERIALIZED (
  {{StagedArticles}}),
before AS (
  INSERT INTO article_revisions (article_id, revision, state, replaced_time)
  SELECT articles.id, articles.revision, to_jsonb(articles), greatest(now(), articles.update_time)
  FROM articles JOIN staged excluded ON excluded.id = articles.id
  WHERE {{IsFilledIn}})
INSERT INTO articles (id, outlet_id, url, headline, byline, dateline, stub, published_from, published_to,
  published_basis, changed_by, changed_via)
SELECT id, outlet_id, url, headline, byline, dateline, false, published_from, published_to, published_basis, $1::text,
  $2::text
FROM staged
ON CONFLICT (id) DO UPDATE SET
  outlet_id = coalesce(articles.outlet_id, excluded.outlet_id),
  headline = CASE WHEN articles.headline = '' AND NOT articles.redacted THEN excluded.headline
    ELSE articles.headline END,
  byline = CASE WHEN articles.byline = '' AND NOT articles.redacted THEN excluded.byline ELSE articles.byline END,
  dateline = CASE WHEN articles.dateline = '' THEN excluded.dateline ELSE articles.dateline END,
  published_from = CASE WHEN {{DateIsFilledIn}} THEN excluded.published_from ELSE articles.published_from END,
  published_to = CASE WHEN {{DateIsFilledIn}} THEN excluded.published_to ELSE articles.published_to END,
  published_basis = CASE WHEN {{DateIsFilledIn}} THEN excluded.published_basis ELSE articles.published_basis END,
  stub = false, changed_by = excluded.changed_by, changed_via = excluded.changed_via, change_reason = '',
  revision = articles.revision + 1, update_time = greatest(now(), articles.update_time)
WHERE {{IsFilledIn}};

-- fragment: StagedArticles
SELECT DISTINCT ON (article_id) article_id AS id, outlet_id, url, headline, byline, dateline, published_from,
    published_to, published_basis
  FROM staged_appearances WHERE article_id IS NOT NULL ORDER BY article_id, headline DESC, published_to

-- fragment: IsFilledIn
articles.stub OR (articles.headline = '' AND excluded.headline <> '' AND NOT articles.redacted)
  OR (articles.byline = '' AND excluded.byline <> '' AND NOT articles.redacted)
  OR (articles.dateline = '' AND excluded.dateline <> '')
  OR (articles.outlet_id IS NULL AND excluded.outlet_id IS NOT NULL) OR {{DateIsFilledIn}}

-- A date is known when it has a bound of its own, not only that of a printing that rests on the article (basis 5).
-- fragment: DateIsFilledIn
(articles.published_from = 0 AND (articles.published_to = 999999999 OR articles.published_basis = 5)
    AND (excluded.published_from, excluded.published_to) <> (0, 999999999)
    AND (excluded.published_from, excluded.published_to) <> (articles.published_from, articles.published_to))

-- name: InsertStagedQuotes
INSERT INTO quotes (id, speaker_id, described_as, source_terms, kind, polarity, state, text, language, original_text,
  original_language, said_from, said_to, said_printed, said_basis, occurred_on, occurred_precision, topic_ids,
  outlet_ids, note, warnings, import_id, changed_by, changed_via)
SELECT id, speaker_id, described_as, source_terms, kind, polarity, 1, text, language, original_text,
  original_language, said_from, said_to, said_printed, said_basis, occurred_on, occurred_precision, topic_ids,
  outlet_ids, note, warnings, $1::bigint, $2::text, 'imports/' || $1::bigint
FROM staged_quotes ORDER BY id
ON CONFLICT (id) DO NOTHING
RETURNING id;

-- A further appearance of a known quote: its outlet joins the quote's, an earlier printing may place the quote,
-- and topics that it lacks are added unless a person edited the quote. What places the quote or adds topics is a
-- change with a revision. That an outlet joins is none: earlier moments tell it from the appearances there were then
-- (see RecordThen), and a revision for each further printing would make the record half as large again.
-- name: MergeStagedAppearances
-- index: quotes_pkey
WITH added AS (
  SELECT s.quote_id, min(s.published_day) AS published_day,
    array_agg(DISTINCT s.outlet_id) FILTER (WHERE s.outlet_id IS NOT NULL) AS outlet_ids,
    (SELECT array_agg(DISTINCT tag.id) FROM staged_appearances t CROSS JOIN unnest(t.topic_ids) tag (id)
     WHERE t.quote_id = s.quote_id) AS topic_ids
  FROM staged_appearances s WHERE s.quote_id = ANY ($1::uuid[]) GROUP BY s.quote_id),
merged AS (
  SELECT q.id, added.published_day, placed.anew,
    ARRAY (SELECT DISTINCT o.id FROM unnest(q.outlet_ids || added.outlet_ids) o (id) ORDER BY 1) AS outlet_ids,
    new.topic_ids AS new_topic_ids, placed.anew OR new.topic_ids <> '{}' AS revised
  FROM added JOIN quotes q ON q.id = added.quote_id
  CROSS JOIN LATERAL (
    SELECT CASE WHEN q.edited THEN '{}' ELSE ARRAY (
      SELECT tag.id FROM unnest(added.topic_ids) tag (id) WHERE tag.id <> ALL (q.topic_ids)) END AS topic_ids) new
  CROSS JOIN LATERAL (
    SELECT coalesce(q.occurred_precision = 7 AND added.published_day IS NOT NULL
      OR q.occurred_precision = 6 AND added.published_day < q.occurred_on, false) AS anew) placed),
before AS (
  INSERT INTO quote_revisions (quote_id, revision, state, replaced_time)
  SELECT q.id, q.revision, to_jsonb(q) - 'search', statement_timestamp()
  FROM merged JOIN quotes q ON q.id = merged.id WHERE merged.revised)
UPDATE quotes q SET outlet_ids = merged.outlet_ids, topic_ids = q.topic_ids || merged.new_topic_ids,
  occurred_on = CASE WHEN merged.anew THEN merged.published_day ELSE q.occurred_on END,
  occurred_precision = CASE WHEN merged.anew THEN 6 ELSE q.occurred_precision END,
  revision = q.revision + merged.revised::int,
  action = CASE WHEN merged.revised THEN 2 ELSE q.action END,
  update_time = CASE WHEN merged.revised THEN statement_timestamp() ELSE q.update_time END,
  changed_by = CASE WHEN merged.revised THEN $2::text ELSE q.changed_by END,
  changed_via = CASE WHEN merged.revised THEN $3::text ELSE q.changed_via END
FROM merged
WHERE q.id = merged.id AND (merged.revised OR q.outlet_ids <> merged.outlet_ids);

-- An appearance begins with the state of the quote that it belongs to, never before it.
-- name: InsertStagedAppearances
INSERT INTO appearances (quote_id, id, outlet_id, article_id, occurred_on, published_from, published_to,
  published_printed, published_basis, wording, attribution, cue, role, resolution, ranges, marks, context_before,
  context_after, relay_outlet_ids, relay_article_ids, import_id, content_hash, create_time)
SELECT s.quote_id, s.id, s.outlet_id, s.article_id, q.occurred_on, s.published_from, s.published_to,
  s.published_printed, s.published_basis,
  CASE WHEN s.wording = '' AND s.text <> q.text THEN s.text ELSE s.wording END, s.attribution, s.cue, s.role, s.resolution, s.ranges, s.marks,
  s.context_before, s.context_after, s.relay_outlet_ids, s.relay_article_ids, $1::bigint, s.content_hash, greatest(q.update_time, now())
FROM staged_appearances s JOIN quotes q ON q.id = s.quote_id ORDER BY s.quote_id, s.id
ON CONFLICT (quote_id, id) DO NOTHING
RETURNING quote_id, id;

-- Copies of the day follow when a merge placed the quote anew.
-- name: PlaceMergedAppearances
-- index: appearances_pkey
UPDATE appearances a SET occurred_on = q.occurred_on FROM quotes q
WHERE q.id = ANY ($1::uuid[]) AND a.quote_id = q.id AND a.occurred_on <> q.occurred_on;

-- name: UpsertKeys
INSERT INTO import_keys (key, quote_id, appearance_id, content_hash)
SELECT k.key, k.quote_id, k.appearance_id, k.content_hash
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[]) k (key, quote_id, appearance_id, content_hash)
ORDER BY k.key
ON CONFLICT (key) DO UPDATE SET quote_id = excluded.quote_id, appearance_id = excluded.appearance_id,
  content_hash = excluded.content_hash;

-- The n-th of the printings $2 of quotes $1 has the content $3 from import $4.
-- name: SetContentHashes
-- index: appearances_pkey
UPDATE appearances a SET content_hash = w.content_hash, import_id = $4::bigint
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) w (quote_id, id, content_hash)
WHERE a.quote_id = w.quote_id AND a.id = w.id;

-- name: TopicNames
-- index: topics_slug_key
SELECT slug, display_name FROM topics WHERE slug = ANY ($1::text[]);

-- name: TopicNames
-- plan: custom
-- each: Then - - $2
WITH {{RecordThen}}
SELECT slug, display_name FROM topics WHERE slug = ANY ($1::text[]);

-- name: SlugsOfIds
SELECT 's', id, slug FROM speakers WHERE id = ANY ($1::int[])
UNION ALL SELECT 'o', id, slug FROM outlets WHERE id = ANY ($2::int[])
UNION ALL SELECT 't', id, slug FROM topics WHERE id = ANY ($3::int[]);

-- What claims or speakers were merged into meanwhile, or themselves.
-- name: Standing
-- each: Claims claims | Speakers speakers
-- index: {1}_pkey
SELECT id, coalesce(merged_into, id) FROM {1} WHERE id = ANY ($1::int[]);

-- For the stances and reviews of records.

-- For place n the reviews of a claim or quote by an outlet at an address, in the order of recording.
-- name: FindReviewsOf
-- each: Claims claim_id int reviews_claim | Quotes quote_id uuid reviews_quote
-- index: {3}
SELECT w.place, v.id, v.rating_text, v.via
FROM unnest($1::{2}[], $2::int[], $3::text[]) WITH ORDINALITY w (subject_id, outlet_id, url, place)
JOIN reviews v ON v.{1} = w.subject_id AND v.outlet_id = w.outlet_id AND v.url = w.url
WHERE v.recorded_to = 'infinity'
ORDER BY w.place, v.create_time, v.id;

-- What people call those who ascribe stances.
-- name: NamesOfSlugs
-- index: speakers_slug_key
SELECT 'speakers/' || slug, display_name FROM speakers WHERE slug = ANY ($1::text[])
UNION ALL SELECT 'outlets/' || slug, display_name FROM outlets WHERE slug = ANY ($2::text[]);
