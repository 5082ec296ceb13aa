-- Reviews: fact-checks of claims and quotes, in versions. In every read $1 is the moment asked for.

-- fragment: ReviewColumns
v.id, v.revision, c.slug, v.quote_id, o.slug, CASE WHEN o.update_time <= $1::timestamptz THEN o.display_name ELSE (
    SELECT n.state->>'display_name' FROM name_revisions n
    WHERE n.resource = 'outlets/' || o.slug AND n.replaced_time > $1::timestamptz ORDER BY n.revision LIMIT 1) END,
  v.rating_text, v.rating_value, v.rating_best, v.rating_worst, v.verdict, v.url, v.title,
  v.reviewed_from, v.reviewed_to, v.reviewed_printed, v.reviewed_basis, v.language, v.note, v.retract_reason,
  (extract(epoch FROM v.recorded_from) * 1000000)::bigint, (extract(epoch FROM v.create_time) * 1000000)::bigint, v.via,
  {{NoticesAtHand}}

-- fragment: ReviewNames
LEFT JOIN claims c ON c.id = v.claim_id
JOIN outlets o ON o.id = v.outlet_id

-- name: GetReviews
-- index: reviews_pkey
SELECT {{ReviewColumns}} FROM reviews v {{ReviewNames}}
WHERE v.id = ANY ($2::uuid[]) AND v.recorded_from <= $1::timestamptz AND v.recorded_to > $1::timestamptz;

-- Those that stand of the quotes $2.
-- name: ReviewsOfQuotes
-- index: reviews_quote
SELECT {{ReviewColumns}} FROM reviews v {{ReviewNames}}
WHERE v.quote_id = ANY ($2::uuid[]) AND v.recorded_from <= $1::timestamptz AND v.recorded_to > $1::timestamptz
  AND v.retract_reason = ''
ORDER BY v.create_time, v.id;

-- $2 rows, $3 $4 key after which to go on (microseconds, id), $5 claims, $6 quote, $7 reviewer, $8 verdicts, $9
-- withdrawn ones too.
-- name: ListReviews
-- plan: custom
SELECT {{ReviewColumns}} FROM reviews v {{ReviewNames}}
WHERE v.recorded_from <= $1::timestamptz AND v.recorded_to > $1::timestamptz
  AND (v.create_time, v.id) > ('epoch'::timestamptz + $3::bigint * interval '1 microsecond', $4::uuid)
  AND (cardinality($5::int[]) = 0 OR v.claim_id = ANY ($5::int[]))
  AND ($6::uuid IS NULL OR v.quote_id = $6::uuid) AND ($7::int = 0 OR v.outlet_id = $7::int)
  AND (cardinality($8::smallint[]) = 0 OR v.verdict = ANY ($8::smallint[]))
  AND ($9::boolean OR v.retract_reason = '')
ORDER BY v.create_time, v.id LIMIT $2::bigint;

-- Whoever else changes these reviews waits until ours is done.
-- name: LockReviews
SELECT pg_advisory_xact_lock(hashtextextended('review ' || id, 0)) FROM unnest($1::text[]) id ORDER BY id;

-- Reviews as they are to be, the n-th of each array; $17 is the revision that each replaces (0: none). They are locked.
-- name: PutReviews
-- index: reviews_current
WITH wanted AS MATERIALIZED (
  SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::int[], $5::text[], $6::float8[], $7::float8[],
    $8::float8[], $9::smallint[], $10::text[], $11::text[], $12::int[], $13::int[], $14::text[], $15::smallint[],
    $16::text[], $17::int[], $18::text[], $19::text[])
    w (id, claim_id, quote_id, outlet_id, rating_text, rating_value, rating_best, rating_worst, verdict, url, title, reviewed_from, reviewed_to, reviewed_printed, reviewed_basis, language, replaces, note,
      retract_reason)),
ended AS (
  UPDATE reviews v SET recorded_to = statement_timestamp() FROM wanted w
  WHERE v.id = w.id AND v.revision = w.replaces AND v.recorded_to = 'infinity'
  RETURNING v.id, v.create_time)
INSERT INTO reviews (id, revision, claim_id, quote_id, outlet_id, rating_text, rating_value, rating_best, rating_worst,
  verdict, url, title, reviewed_from, reviewed_to, reviewed_printed, reviewed_basis, language, note,
  retract_reason, author, via, reason, create_time, recorded_from)
SELECT w.id, w.replaces + 1, nullif(w.claim_id, 0), nullif(w.quote_id, '')::uuid, w.outlet_id, w.rating_text,
  CASE WHEN w.rating_best <> w.rating_worst THEN w.rating_value END,
  CASE WHEN w.rating_best <> w.rating_worst THEN w.rating_best END,
  CASE WHEN w.rating_best <> w.rating_worst THEN w.rating_worst END, w.verdict, w.url, w.title,
  w.reviewed_from, w.reviewed_to, w.reviewed_printed, w.reviewed_basis, w.language, w.note, w.retract_reason,
  $20::text, $21::text, $22::text, coalesce(ended.create_time, statement_timestamp()), statement_timestamp()
FROM wanted w LEFT JOIN ended ON ended.id = w.id;

-- Merging claim $1 into claim $2.
-- name: MoveReviews
-- index: reviews_claim
WITH ended AS (
  UPDATE reviews SET recorded_to = statement_timestamp() WHERE claim_id = $1::int AND recorded_to = 'infinity'
  RETURNING *)
INSERT INTO reviews (id, revision, claim_id, quote_id, outlet_id, rating_text, rating_value, rating_best, rating_worst,
  verdict, url, title, reviewed_from, reviewed_to, reviewed_printed, reviewed_basis, language, note,
  retract_reason, author, via, reason, create_time, recorded_from)
SELECT id, revision + 1, $2::int, quote_id, outlet_id, rating_text, rating_value, rating_best, rating_worst,
  verdict, url, title, reviewed_from, reviewed_to, reviewed_printed, reviewed_basis, language, note,
  retract_reason, author, via, 'the claim was merged', create_time, recorded_to
FROM ended;
