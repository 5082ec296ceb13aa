-- Wordings and utterances: finding words, and following them from print to the act of speaking.

-- name: QueueToMatch
INSERT INTO quotes_to_match (quote_id) SELECT id FROM unnest($1::uuid[]) id;

-- name: CountToMatch
SELECT count(*) FROM (SELECT FROM quotes_to_match LIMIT 100001) waiting;

-- One server at a time matches; the lock ends with its transaction.
-- name: HoldMatching
SELECT pg_try_advisory_xact_lock(7011871);

-- name: WaitForMatching
SELECT pg_advisory_xact_lock(7011871);

-- name: TakeToMatch
-- index: quotes_to_match_pkey
DELETE FROM quotes_to_match WHERE id IN (SELECT id FROM quotes_to_match ORDER BY id LIMIT $1::bigint)
RETURNING quote_id;

-- name: ReadToMatch
-- index: quotes_pkey
SELECT id, speaker_id, text, occurred_on, state FROM quotes WHERE id = ANY ($1::uuid[]) ORDER BY id;

-- name: InsertWordings
INSERT INTO wordings (id, keys)
SELECT w.id, w.keys::int[] FROM unnest($1::uuid[], $2::text[]) w (id, keys) ORDER BY w.id
ON CONFLICT (id) DO NOTHING;

-- Answers with the wordings that a quote had before.
-- name: UpsertQuoteWordings
WITH fresh AS (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::date[]) f (quote_id, wording_id, speaker_id, occurred_on)),
before AS MATERIALIZED (
  SELECT q.wording_id FROM quote_wordings q JOIN fresh f ON f.quote_id = q.quote_id WHERE q.wording_id <> f.wording_id),
written AS (
  INSERT INTO quote_wordings (quote_id, wording_id, speaker_id, occurred_on)
  SELECT quote_id, wording_id, nullif(speaker_id, 0), occurred_on FROM fresh ORDER BY quote_id
  ON CONFLICT (quote_id) DO UPDATE SET wording_id = excluded.wording_id, speaker_id = excluded.speaker_id,
    occurred_on = excluded.occurred_on)
SELECT DISTINCT wording_id FROM before;

-- Of redacted quotes nothing may be found by words.
-- name: DeleteQuoteWordings
-- index: quote_wordings_pkey
DELETE FROM quote_wordings WHERE quote_id = ANY ($1::uuid[]) RETURNING wording_id;

-- Wordings that no quote has any more.
-- name: DeleteUnusedWordings
-- index: wordings_pkey
DELETE FROM wordings w WHERE w.id = ANY ($1::uuid[])
  AND NOT EXISTS (SELECT FROM quote_wordings q WHERE q.wording_id = w.id);

-- The wordings that share most keys with those asked for, among the first 2,000 that share any.
-- The planner does not see the limit through MATERIALIZED, or it would read the table from its beginning.
-- name: FindWordings
-- index: wordings_keys
WITH found AS MATERIALIZED (SELECT id, keys FROM wordings WHERE keys && $1::int[])
SELECT w.id, count(*) AS shared
FROM (SELECT id, keys FROM found LIMIT 2000) w CROSS JOIN unnest(w.keys) k (key)
WHERE k.key = ANY ($1::int[])
GROUP BY w.id
ORDER BY shared DESC, w.id
LIMIT $2::bigint;

-- The earliest quotes of each wording: of a speaker ($2), in an interval; at most $5 of each.
-- name: QuotesOfWordings
-- index: quote_wordings_wording
SELECT wording_id, quote_id FROM (
  SELECT q.wording_id, q.quote_id,
    row_number() OVER (PARTITION BY q.wording_id ORDER BY q.occurred_on, q.quote_id) AS place
  FROM quote_wordings q
  WHERE q.wording_id = ANY ($1::uuid[]) AND (cardinality($2::int[]) = 0 OR q.speaker_id = ANY ($2::int[]))
    AND q.occurred_on >= $3::date AND q.occurred_on <= $4::date) found
WHERE place <= $5::bigint
ORDER BY wording_id, place;

-- name: TextsOfQuotes
-- index: quotes_pkey
SELECT id, text FROM quotes WHERE id = ANY ($1::uuid[]) AND state <> 3;

-- Who speaks for a speaker, and for whom the speaker speaks.
-- name: VoicesOfSpeaker
-- index: speakers_pkey
SELECT coalesce(principal.merged_into, principal.id)
FROM speaker_leads n JOIN speakers principal ON n.folded = 'speakers/' || principal.slug
WHERE n.speaker_id = $1::int AND n.reason = 5
UNION
SELECT n.speaker_id FROM speakers s JOIN speaker_leads n ON n.folded = 'speakers/' || s.slug
WHERE (s.id = $1::int OR s.merged_into = $1::int) AND n.reason = 5;
