-- Redaction: the words of a quote leave the record, its place in it stays. In the statements that write, $1 is the
-- quote and $2 whether its source goes too.

-- Every wording that the quote has or had, whole: what is looked for elsewhere.
-- name: WordsOfQuote
-- index: quotes_pkey
SELECT DISTINCT said.words FROM (
  SELECT w.words FROM quotes q CROSS JOIN LATERAL unnest(ARRAY[q.text, q.original_text]) w (words)
  WHERE q.id = $1::uuid
  UNION ALL SELECT a.wording FROM appearances a WHERE a.quote_id = $1::uuid
  UNION ALL
  SELECT w.words FROM quote_revisions r
  CROSS JOIN LATERAL unnest(ARRAY[r.state->>'text', r.state->>'original_text']) w (words)
  WHERE r.quote_id = $1::uuid
  UNION ALL
  SELECT a.printed->>'wording' FROM quote_revisions r
  CROSS JOIN LATERAL jsonb_array_elements(coalesce(r.appearances, '[]')) a (printed)
  WHERE r.quote_id = $1::uuid) said
WHERE said.words <> '';

-- Which of these quotes are redacted.
-- name: RedactedAmong
-- index: quotes_redacted
SELECT id FROM quotes WHERE state = 3 AND id = ANY ($1::uuid[]);

-- What is laid over a state of the quote. Earlier reasons may tell what was changed.
-- fragment: RedactedState
jsonb_build_object('text', '', 'original_text', '', 'note', '', 'said_printed', '', 'change_reason', '', 'state', 3,
    'retract_reason', $3::text)
  || CASE WHEN $2::boolean THEN '{"speaker_id": null, "described_as": ""}'::jsonb ELSE '{}' END

-- name: RedactQuoteRow
-- index: quotes_pkey
WITH before AS (
  INSERT INTO quote_revisions (quote_id, revision, state, replaced_time)
  SELECT q.id, q.revision, (to_jsonb(q) - 'search') || {{RedactedState}}, statement_timestamp()
  FROM quotes q WHERE q.id = $1::uuid
  RETURNING quote_id)
UPDATE quotes q SET text = '', original_text = '', note = '', said_printed = '',
  speaker_id = CASE WHEN $2::boolean THEN NULL ELSE q.speaker_id END,
  described_as = CASE WHEN $2::boolean THEN '' ELSE q.described_as END,
  state = 3, retract_reason = $3::text, change_reason = $3::text, changed_by = $4::text, changed_via = $5::text,
  action = 5, edited = true, revision = q.revision + 1, update_time = statement_timestamp()
FROM before WHERE q.id = before.quote_id;

-- name: RedactRevisions
-- index: quote_revisions_pkey
UPDATE quote_revisions r SET state = r.state || {{RedactedState}},
  appearances = CASE WHEN r.appearances IS NOT NULL THEN (
    SELECT coalesce(jsonb_agg(a.printed
      || '{"wording": "", "attribution": "", "cue": "", "context_before": "", "context_after": "", "ranges": [],
           "published_printed": "", "content_hash": null}'::jsonb
      || CASE WHEN $2::boolean THEN '{"role": ""}'::jsonb ELSE '{}' END ORDER BY a.place), '[]')
    FROM jsonb_array_elements(r.appearances) WITH ORDINALITY a (printed, place)) END
WHERE r.quote_id = $1::uuid;

-- name: RedactAppearances
-- index: appearances_pkey
UPDATE appearances SET wording = '', attribution = '', cue = '', context_before = '', context_after = '',
  ranges = '{}', published_printed = '', content_hash = NULL, role = CASE WHEN $2::boolean THEN '' ELSE role END
WHERE quote_id = $1::uuid;

-- The articles that the quote is or was printed in or came through, with every headline and every text of the newsroom
-- that they had or that their links have.
-- name: ArticlesOfQuote
-- index: articles_pkey
WITH printed AS (
  SELECT c.id FROM appearances a CROSS JOIN LATERAL unnest(a.relay_article_ids || a.article_id) c (id)
  WHERE a.quote_id = $1::uuid
  UNION
  SELECT c.id FROM quote_revisions v
  CROSS JOIN LATERAL jsonb_populate_recordset(NULL::appearances, coalesce(v.appearances, '[]')) a
  CROSS JOIN LATERAL unnest(a.relay_article_ids || a.article_id) c (id) WHERE v.quote_id = $1::uuid),
led AS (
  SELECT r.id FROM articles r WHERE r.id IN (SELECT id FROM printed)
  UNION
  SELECT r.merged_into FROM articles r WHERE r.id IN (SELECT id FROM printed) AND r.merged_into IS NOT NULL)
SELECT r.id, r.headline, t.note FROM articles r
CROSS JOIN LATERAL (VALUES (r.note), (r.change_reason)) t (note)
WHERE r.id IN (SELECT id FROM led)
UNION
SELECT v.article_id, v.state->>'headline', t.note FROM article_revisions v
CROSS JOIN LATERAL (VALUES (v.state->>'note'), (v.state->>'change_reason')) t (note)
WHERE v.article_id IN (SELECT id FROM led)
UNION
SELECT e.article_id, '', t.note FROM led
JOIN LATERAL (
  SELECT l.article_id, l.note, l.end_reason FROM article_links l WHERE l.article_id = led.id
  UNION ALL
  SELECT l.other_id, l.note, l.end_reason FROM article_links l WHERE l.other_id = led.id) e ON true
CROSS JOIN LATERAL (VALUES (e.note), (e.end_reason)) t (note);

-- $1 articles, $3 those of them whose headlines hold the words, $4 those whose notes or reasons do. Printed dates go, as
-- they do from appearances.
-- name: RedactArticles
-- index: articles_pkey
UPDATE articles SET byline = CASE WHEN $2::boolean THEN '' ELSE byline END,
  headline = CASE WHEN id = ANY ($3::uuid[]) THEN '' ELSE headline END,
  note = CASE WHEN id = ANY ($4::uuid[]) THEN '' ELSE note END,
  change_reason = CASE WHEN id = ANY ($4::uuid[]) THEN '' ELSE change_reason END,
  published_printed = '',
  redacted = redacted OR ($2::boolean AND byline <> '') OR id = ANY ($3::uuid[])
WHERE id = ANY ($1::uuid[])
  AND (($2::boolean AND byline <> '') OR id = ANY ($3::uuid[]) OR id = ANY ($4::uuid[]) OR published_printed <> '');

-- name: RedactArticleRevisions
-- index: article_revisions_pkey
UPDATE article_revisions SET state = state || '{"published_printed": ""}'::jsonb
  || CASE WHEN $2::boolean THEN '{"byline": ""}'::jsonb ELSE '{}' END
  || CASE WHEN article_id = ANY ($3::uuid[]) THEN '{"headline": ""}'::jsonb ELSE '{}' END
  || CASE WHEN article_id = ANY ($4::uuid[]) THEN '{"note": "", "change_reason": ""}'::jsonb ELSE '{}' END
WHERE article_id = ANY ($1::uuid[]);

-- name: RedactArticleLinks
-- plan: custom
UPDATE article_links SET note = '', end_reason = CASE WHEN end_reason = '' THEN '' ELSE 'redacted' END
WHERE (article_id = ANY ($1::uuid[]) OR other_id = ANY ($1::uuid[])) AND (note <> '' OR end_reason <> '');

-- All versions, before they follow the quote.
-- name: RedactStances
-- index: stances_pkey
UPDATE stances SET note = '', reason = '', valid_printed = '',
  speaker_id = CASE WHEN $2::boolean AND holder_id = 0 THEN 0 ELSE speaker_id END
WHERE quote_id = $1::uuid;

-- name: RedactLabels
-- plan: custom
UPDATE change_labels SET note = '' WHERE before_quote_id = $1::uuid OR after_quote_id = $1::uuid;

-- name: ReviewTitlesOfQuote
-- index: reviews_quote
SELECT DISTINCT title FROM reviews WHERE quote_id = $1::uuid AND title <> '';

-- $2 titles that hold the words. That a review was retracted must stay to be seen.
-- name: RedactReviews
-- index: reviews_quote
UPDATE reviews SET note = '', reason = '', title = CASE WHEN title = ANY ($2::text[]) THEN '' ELSE title END,
  retract_reason = CASE WHEN retract_reason = '' THEN '' ELSE 'the quote was redacted' END
WHERE quote_id = $1::uuid;

-- name: RedactReject
-- index: import_rejects_pkey
UPDATE import_rejects SET result = $3::bytea, record = $4::bytea WHERE import_id = $1::bigint AND sequence = $2::bigint;
