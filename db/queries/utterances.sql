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

-- The places in the queue of the oldest $1, those of one speaker and of one time beside each other: what is matched together
-- then has the same others to be compared with. One array: as rows they take five times as much memory.
-- name: ListToMatch
-- index: quotes_pkey
SELECT coalesce(array_agg(w.id ORDER BY q.speaker_id, q.occurred_on, w.id), '{}')
FROM (SELECT id, quote_id FROM quotes_to_match ORDER BY id LIMIT $1::bigint) w
LEFT JOIN quotes q ON q.id = w.quote_id;

-- name: TakeToMatch
-- index: quotes_to_match_pkey
DELETE FROM quotes_to_match WHERE id = ANY ($1::bigint[]) RETURNING quote_id;

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
SELECT gin_clean_pending_list(oid) FROM pg_class WHERE oid = to_regclass('wordings_keys');

-- Wordings that share two keys ($1 and $2, side by side) with words, the most promising first, with their earliest quotes
-- and the words of the first: of speakers ($6), in an interval ($7, $8); at most $9 quotes of a wording and $10 wordings.
-- Where so many quotes as $12 have the very words, no others are looked for.
-- A fifth of the pairs is asked for, the rarest first, and none of which both are in thousands; of each those recorded
-- first, since what is said often was said early. None is where the words stand in as many wordings as are looked at.
-- $3 is the wording of the words themselves, $4 short ones to look at in any case, $11 quotes whose wordings are looked at
-- too. What has all of $5, when there are any, contains the words: so many of them are looked at, and where there are more,
-- or many by anybody, the speakers' wordings one by one. What stands in one wording of fifty is found soonest by reading
-- wordings as they come.
-- Materialized where the planner would otherwise see the limit and read the table from its beginning.
-- name: FindWordings
-- index: wordings_keys
WITH more AS MATERIALIZED (
  SELECT count(*) < $12::bigint AS wanted FROM (
    SELECT FROM quote_wordings
    WHERE cardinality($6::int[]) = 0 AND wording_id = $3::uuid AND occurred_on >= $7::date AND occurred_on <= $8::date
    LIMIT $9::bigint) same),
rarest AS MATERIALIZED (
  SELECT min(coalesce(c.wordings, 0)) < CASE WHEN cardinality($6::int[]) = 0 THEN 20000 ELSE 2000 END AS is_rare
  FROM unnest($5::int[]) k (key) LEFT JOIN common_keys c ON c.key = k.key
  WHERE (SELECT wanted FROM more)),
whole AS MATERIALIZED (
  SELECT id FROM wordings WHERE (SELECT is_rare FROM rarest) AND keys @> $5::int[]
  UNION ALL
  SELECT id FROM (
    SELECT id, keys FROM wordings WHERE cardinality($6::int[]) = 0 AND (SELECT NOT is_rare FROM rarest) LIMIT 5000) early
  WHERE keys @> $5::int[]),
parts AS MATERIALIZED (
  SELECT id FROM whole LIMIT {{MostParts}}),
asked AS MATERIALIZED (
  SELECT p.key, p.other
  FROM unnest($1::int[], $2::int[]) WITH ORDINALITY p (key, other, place)
  LEFT JOIN common_keys a ON a.key = p.key
  LEFT JOIN common_keys b ON b.key = p.other
  WHERE (SELECT wanted FROM more) AND (SELECT count(*) < {{MostParts}} FROM parts)
    AND (a.key IS NULL OR b.key IS NULL OR least(a.wordings, b.wordings) < 2000)
  ORDER BY coalesce(a.wordings, 0) + coalesce(b.wordings, 0), p.place
  LIMIT greatest(8, cardinality($1::int[]) / 5)),
sharing AS (
  SELECT f.id, count(*) AS score
  FROM asked a
  CROSS JOIN LATERAL (
    WITH holding AS MATERIALIZED (SELECT w.id FROM wordings w WHERE w.keys @> ARRAY[a.key, a.other])
    SELECT h.id FROM holding h LIMIT 12) f
  GROUP BY f.id),
known AS (
  SELECT $3::uuid AS id, 1000 AS score
  UNION ALL SELECT id, 2 FROM wordings
  WHERE (SELECT wanted FROM more) AND id = ANY ($4::uuid[]) AND cardinality(keys) <= 7
  UNION ALL SELECT id, 100 FROM parts
  UNION ALL SELECT w.id, 100
  FROM (SELECT wording_id FROM quote_wordings
    WHERE speaker_id = ANY ($6::int[]) AND occurred_on >= $7::date AND occurred_on <= $8::date LIMIT 500) said
  CROSS JOIN LATERAL (SELECT id FROM wordings WHERE id = said.wording_id AND keys @> $5::int[] OFFSET 0) w
  WHERE (SELECT NOT is_rare FROM rarest) OR (SELECT count(*) > 200 FROM parts)
  UNION ALL SELECT wording_id, 100 FROM quote_wordings WHERE quote_id = ANY ($11::uuid[])
  UNION ALL SELECT id, score FROM sharing),
promising AS (SELECT id, max(score) AS score FROM known GROUP BY id)
SELECT p.id, q.ids, t.text
FROM (SELECT id, score FROM promising ORDER BY score DESC, id) p
CROSS JOIN LATERAL (
  SELECT string_agg(quote_id::text, ' ') AS ids, (array_agg(quote_id))[1] AS first FROM (
    SELECT quote_id FROM (
      (SELECT quote_id, occurred_on FROM quote_wordings
        WHERE cardinality($6::int[]) = 0 AND wording_id = p.id AND occurred_on >= $7::date AND occurred_on <= $8::date
        ORDER BY occurred_on, quote_id LIMIT $9::bigint)
      UNION ALL
      SELECT said.quote_id, said.occurred_on FROM unnest($6::int[]) s (id) CROSS JOIN LATERAL (
        SELECT quote_id, occurred_on FROM quote_wordings
        WHERE speaker_id = s.id AND wording_id = p.id AND occurred_on >= $7::date AND occurred_on <= $8::date
        ORDER BY occurred_on, quote_id LIMIT $9::bigint) said) either
    ORDER BY occurred_on, quote_id LIMIT $9::bigint) earliest) q
JOIN LATERAL (SELECT text FROM quotes WHERE id = q.first AND state <> 3 OFFSET 0) t ON true
ORDER BY p.score DESC, p.id
LIMIT $10::bigint;

-- Of what contains the words: not all is of the speakers or in the interval.
-- fragment: MostParts
CASE WHEN cardinality($6::int[]) = 0 AND NOT isfinite($7::date) AND NOT isfinite($8::date) THEN $10::bigint ELSE 201 END
