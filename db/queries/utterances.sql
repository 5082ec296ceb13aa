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

-- Keys that many wordings have, in a sample: those with the lowest ids, which are hashes. How much larger all is than the
-- sample follows from the highest of these ids. Answers with how many wordings there are.
-- name: SampleCommonKeys
-- index: wordings_pkey
WITH sample AS MATERIALIZED (SELECT id, keys FROM wordings ORDER BY id LIMIT $1::bigint),
size AS MATERIALIZED (
  SELECT count(*) AS sampled, CASE WHEN count(*) < $1::bigint THEN 1
    ELSE 4294967296.0 / (1 + ('x' || left(max(id::text), 8))::bit(32)::bigint) END AS times
  FROM sample),
common AS MATERIALIZED (
  SELECT k.key, (count(*) * size.times)::int AS wordings
  FROM size CROSS JOIN sample CROSS JOIN unnest(sample.keys) k (key)
  GROUP BY k.key, size.times
  HAVING count(*) >= 10 AND count(*) * size.times >= 500),
gone AS (DELETE FROM common_keys c WHERE NOT EXISTS (SELECT FROM common f WHERE f.key = c.key)),
kept AS (
  INSERT INTO common_keys (key, wordings) SELECT key, wordings FROM common ORDER BY key
  ON CONFLICT (key) DO UPDATE SET wordings = excluded.wordings)
SELECT (sampled * times)::bigint FROM size;

-- New keys wait in a list that every look-up reads as a whole: when there is time they go to their place.
-- name: PlaceKeys
SELECT gin_clean_pending_list('wordings_keys');

-- Wordings that share keys ($1) with words, the most promising first, with their earliest quotes and the words of the
-- first: of speakers ($4), in an interval ($5, $6); at most $7 quotes of a wording and $8 wordings.
-- Asked for are the keys that are not common, or the least common; in all about 400 wordings, of each key those recorded
-- first, since what is said often was said early. $2 are ids of wordings to look at in any case, first the one of the
-- words themselves; with $3 also those that have all keys, and where these are many, those of the speakers.
-- Materialized where the planner would otherwise see the limit and read the table from its beginning.
-- name: FindWordings
-- index: wordings_keys
WITH asked AS MATERIALIZED (
  SELECT key FROM (
    SELECT k.key, c.key IS NULL AS rare, row_number() OVER (ORDER BY coalesce(c.wordings, 0), k.key) AS place
    FROM unnest($1::int[]) k (key) LEFT JOIN common_keys c ON c.key = k.key) known
  WHERE rare OR place <= 4),
sharing AS (
  SELECT f.id, count(*) / least(cardinality($1::int[]), f.keys)::real AS score
  FROM asked CROSS JOIN LATERAL (
    WITH holding AS MATERIALIZED (SELECT w.id, w.keys FROM wordings w WHERE w.keys && ARRAY[asked.key])
    SELECT h.id, cardinality(h.keys) AS keys FROM holding h LIMIT greatest(12, 400 / (SELECT count(*) FROM asked))) f
  GROUP BY f.id, f.keys),
whole AS MATERIALIZED (SELECT w.id FROM wordings w WHERE $3::boolean AND w.keys @> $1::int[]),
known AS (
  SELECT id, CASE WHEN id = ($2::uuid[])[1] THEN 2 ELSE 0.45 END AS score FROM wordings WHERE id = ANY ($2::uuid[])
  UNION ALL SELECT id, 1 FROM (SELECT id FROM whole LIMIT 2000) parts
  UNION ALL SELECT w.id, 1
  FROM (SELECT id FROM quotes WHERE speaker_id = ANY ($4::int[])
    AND occurred_on >= $5::date AND occurred_on <= $6::date LIMIT 2000) said
  JOIN quote_wordings h ON h.quote_id = said.id
  CROSS JOIN LATERAL (SELECT id FROM wordings WHERE id = h.wording_id AND keys @> $1::int[] OFFSET 0) w
  WHERE $3::boolean AND (SELECT count(*) FROM (SELECT FROM whole LIMIT 2001) parts) > 2000
  UNION ALL SELECT id, score FROM sharing),
promising AS (SELECT id, max(score) AS score FROM known GROUP BY id)
SELECT p.id, q.ids, t.text
FROM (SELECT id, score FROM promising ORDER BY score DESC, id) p
CROSS JOIN LATERAL (
  SELECT string_agg(quote_id::text, ' ') AS ids, (array_agg(quote_id))[1] AS first FROM (
    SELECT q.quote_id FROM quote_wordings q
    WHERE q.wording_id = p.id AND (cardinality($4::int[]) = 0 OR q.speaker_id = ANY ($4::int[]))
      AND q.occurred_on >= $5::date AND q.occurred_on <= $6::date
    ORDER BY q.occurred_on, q.quote_id LIMIT $7::bigint) earliest) q
JOIN LATERAL (SELECT text FROM quotes WHERE id = q.first AND state <> 3 OFFSET 0) t ON true
ORDER BY p.score DESC, p.id
LIMIT $8::bigint;

-- Who speaks for a speaker, and for whom the speaker speaks.
-- name: VoicesOfSpeaker
-- index: speakers_pkey
SELECT coalesce(principal.merged_into, principal.id)
FROM speaker_leads n JOIN speakers principal ON n.folded = 'speakers/' || principal.slug
WHERE n.speaker_id = $1::int AND n.reason = 5
UNION
SELECT n.speaker_id FROM speakers s JOIN speaker_leads n ON n.folded = 'speakers/' || s.slug
WHERE (s.id = $1::int OR s.merged_into = $1::int) AND n.reason = 5;
