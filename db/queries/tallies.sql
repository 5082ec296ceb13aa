-- Tallies: how many quotes there are, by what they have and by day, kept for timelines. Dimensions:
--   1 all, 2 speaker, 3 topic with what lies below it, 4 topic as tagged, 5 outlet (0: none of these);
--   of quotes that are evidence of a stance which nobody ascribes: 6 any, 7 claim, 8 position, 9 holder, 10 claim and
--   position (16 * claim + position); likewise of those that are ascribed too: 16 to 20. In 4, 5, 7 to 9 and 17 to 19, where
--   a quote may count several times, id -1 counts how often.
-- Counted is what stands and was said. Traits are 4 * kind + how exactly its day is known (0 day, 1 month, 2 year,
-- 3 worse); of stances the kind is left out.
--
-- Whoever changes quotes or stances adds a row of changes for each dimension and id, so that nobody waits for anybody;
-- now and then they are folded into one row a year. What is true now is the sum of both.

-- What quotes `source` count, or no longer count ($1: -1). Codes are
-- 16 * (372 * year + place in the year) + traits, one for each quote; places are 31 * (month - 1) + day - 1.
-- fragment: TallyTheseQuotes
counted AS MATERIALIZED (
  SELECT q.id, q.speaker_id, q.topic_ids, q.outlet_ids, {{TallyCode}} AS code
  FROM quotes q WHERE q.id IN (SELECT id FROM source) AND {{StandsAndWasSaid}}),
tags AS (
  SELECT c.code, t.id FROM counted c
  CROSS JOIN unnest(CASE WHEN c.topic_ids = '{}' THEN '{0}' ELSE c.topic_ids END) t (id)),
lifted AS (
  SELECT DISTINCT c.id AS quote_id, c.code, above.id FROM counted c
  CROSS JOIN unnest(c.topic_ids) tag (id) JOIN topics t ON t.id = tag.id CROSS JOIN unnest(t.path) above (id)),
printed AS (
  SELECT c.code, o.id FROM counted c
  CROSS JOIN unnest(CASE WHEN c.outlet_ids = '{}' THEN '{0}' ELSE c.outlet_ids END) o (id))
INSERT INTO tally_changes (dimension, id, sign, codes)
SELECT dimension, id, $1::smallint, array_agg(code) FROM (
  SELECT 1 AS dimension, 0 AS id, code FROM counted
  UNION ALL SELECT 2, coalesce(speaker_id, 0), code FROM counted
  UNION ALL SELECT 3, id, code FROM lifted
  UNION ALL SELECT 4, d.id, code FROM tags CROSS JOIN LATERAL (VALUES (tags.id), (-1)) d (id)
  UNION ALL SELECT 5, d.id, code FROM printed CROSS JOIN LATERAL (VALUES (printed.id), (-1)) d (id)) change
GROUP BY dimension, id

-- What the stances on quotes `source` count: each quote once for each claim, position and holder.
-- fragment: TallyTheseStances
held AS MATERIALIZED (
  SELECT st.quote_id, st.claim_id, st.position, st.speaker_id, st.ascribed,
    tally_code(st.occurred_on, st.occurred_precision, 0) AS code
  FROM stances st
  WHERE st.quote_id IN (SELECT id FROM source) AND st.recorded_to = 'infinity' AND st.standing = 1),
counted AS (
  SELECT DISTINCT held.quote_id, d.dimension + variant.ascribed AS dimension, d.id, held.code
  FROM held CROSS JOIN (VALUES (0), (10)) variant (ascribed)
  CROSS JOIN LATERAL (
    VALUES (6, 0), (7, held.claim_id), (8, held.position::int), (9, held.speaker_id),
      (10, held.claim_id * 16 + held.position)) d (dimension, id)
  WHERE variant.ascribed = 10 OR NOT held.ascribed)
INSERT INTO tally_changes (dimension, id, sign, codes)
SELECT dimension, id, $1::smallint, array_agg(code) FROM (
  SELECT dimension, id, code FROM counted
  UNION ALL SELECT dimension, -1, code FROM counted WHERE dimension NOT IN (6, 10, 16, 20)) change
GROUP BY dimension, id

-- name: TallyQuotes
WITH source AS (SELECT id FROM unnest($2::uuid[]) id), {{TallyTheseQuotes}};

-- name: TallyQuotesOfTopic
WITH source AS (SELECT quote_id AS id FROM quote_topics WHERE topic_id = $2::int), {{TallyTheseQuotes}};

-- name: TallyMovedQuotes
WITH source AS (SELECT id FROM moved_quotes), {{TallyTheseQuotes}};

-- name: TallyStances
WITH source AS (SELECT id FROM unnest($2::uuid[]) id), {{TallyTheseStances}};

-- name: TallyStancesOfClaims
WITH source AS (SELECT quote_id AS id FROM stances WHERE claim_id = ANY ($2::int[])), {{TallyTheseStances}};

-- name: TallyMovedStances
WITH source AS (SELECT quote_id AS id FROM moved_stances), {{TallyTheseStances}};

-- name: TallyRestoredStances
WITH source AS (SELECT quote_id AS id FROM restored_stances), {{TallyTheseStances}};

-- How many changes wait, and perhaps as many more as were given up.
-- name: CountTallyChanges
-- index: tally_changes_pkey
SELECT coalesce((SELECT max(seq) FROM tally_changes) - (SELECT min(seq) FROM tally_changes) + 1, 0);

-- One server folds at a time.
-- name: LockFolding
SELECT pg_try_advisory_xact_lock(hashtextextended('onrecord folding tallies', 0));

-- The oldest $1 changes are folded: their counts are put behind those that are there, since taking an array apart costs
-- more than all else. Codes are 16 * place in the year + traits, or 16 * month + traits. Gives the rows that grew long.
-- name: FoldTallies
-- plan: custom
WITH taken AS (
  DELETE FROM tally_changes WHERE seq < (SELECT min(seq) FROM tally_changes) + $1::bigint
  RETURNING dimension, id, sign, codes),
fresh AS MATERIALIZED (
  SELECT t.dimension, t.id, c.code / 5952 AS year, c.code % 5952 AS code, sum(t.sign)::int AS n
  FROM taken t CROSS JOIN unnest(t.codes) c (code)
  GROUP BY t.dimension, t.id, c.code HAVING sum(t.sign) <> 0),
by_month AS (
  SELECT dimension, id, year, array_agg(code) AS codes, array_agg(n) AS counts
  FROM (SELECT dimension, id, year, (code / 496 * 16 + 16 + code % 16)::smallint AS code, sum(n)::int AS n
    FROM fresh GROUP BY 1, 2, 3, 4) m
  GROUP BY 1, 2, 3),
by_day AS (
  SELECT dimension, id, year, array_agg(code::smallint) AS codes, array_agg(n) AS counts, sum(n) AS total
  FROM fresh GROUP BY 1, 2, 3),
folded AS (
  INSERT INTO tallies (dimension, id, year, total, months, month_counts, days, day_counts)
  SELECT dimension, id, year, d.total, m.codes, m.counts, d.codes, d.counts
  FROM by_day d JOIN by_month m USING (dimension, id, year)
  ON CONFLICT (dimension, id, year) DO UPDATE SET total = tallies.total + excluded.total,
    months = tallies.months || excluded.months, month_counts = tallies.month_counts || excluded.month_counts,
    days = tallies.days || excluded.days, day_counts = tallies.day_counts || excluded.day_counts
  RETURNING dimension, id, year, cardinality(months) AS months, cardinality(days) AS days)
SELECT dimension, id, year FROM folded WHERE months > 384 OR days > 1536;

-- Rows that hold each code once again, in order: the n-th of $1, $2 and $3.
-- name: ShortenTallies
-- plan: custom
UPDATE tallies t SET (months, month_counts) = (
    SELECT coalesce(array_agg(c.code ORDER BY c.code), '{}'), coalesce(array_agg(c.n ORDER BY c.code), '{}')
    FROM (SELECT code, sum(n)::int AS n FROM unnest(t.months, t.month_counts) u (code, n)
      GROUP BY code HAVING sum(n) <> 0) c),
  (days, day_counts) = (
    SELECT coalesce(array_agg(c.code ORDER BY c.code), '{}'), coalesce(array_agg(c.n ORDER BY c.code), '{}')
    FROM (SELECT code, sum(n)::int AS n FROM unnest(t.days, t.day_counts) u (code, n)
      GROUP BY code HAVING sum(n) <> 0) c)
FROM unnest($1::smallint[], $2::int[], $3::smallint[]) w (dimension, id, year)
WHERE t.dimension = w.dimension AND t.id = w.id AND t.year = w.year;

-- Reading. $1 dimension, $2 $3 first and last year.

-- The counts of the ids $4: codes with as many counts a year, or the codes of a change with its sign.
-- name: ReadTallies
-- index: tallies_pkey
-- each: ByMonth months month_counts | ByDay days day_counts
{{Tallied}};

-- The same at the moment $5, of all, speakers and a topic with $6 below it: without what came or changed since, and with what
-- that was before.
-- name: ReadTallies
-- plan: custom
-- each: ByMonthThen months month_counts $5 | ByDayThen days day_counts $5
WITH {{ChangedQuotes}}
{{Tallied}}
UNION ALL
SELECT id, NULL, array_agg(code)::text, array_agg(n) FROM (
  SELECT id, code, sum(sign)::int AS n FROM (
    SELECT {{TalliedId}} AS id, {{TallyCode}} AS code, -1 AS sign
    FROM quotes q WHERE q.update_time > $5::timestamptz AND {{IsTallied}}
    UNION ALL
    SELECT {{TalliedId}}, {{TallyCode}}, 1 FROM changed_quotes q WHERE {{IsTallied}}) change
  GROUP BY id, code HAVING sum(sign) <> 0) changed
GROUP BY id;

-- fragment: Tallied
SELECT t.id, t.year, t.{1}::text, t.{2} FROM tallies t
WHERE t.dimension = $1::smallint AND t.id = ANY ($4::int[]) AND t.year BETWEEN $2::int AND $3::int
UNION ALL
SELECT t.id, NULL, t.codes::text, ARRAY[t.sign::int] FROM tally_changes t
WHERE t.dimension = $1::smallint AND t.id = ANY ($4::int[])

-- fragment: StandsAndWasSaid
q.state = 1 AND q.polarity = 1

-- fragment: TallyCode
tally_code(q.occurred_on, q.occurred_precision, q.kind)

-- fragment: TalliedId
CASE $1::smallint WHEN 2 THEN coalesce(q.speaker_id, 0) ELSE ($4::int[])[1] END

-- fragment: IsTallied
{{StandsAndWasSaid}} AND CASE $1::smallint WHEN 1 THEN true
    WHEN 2 THEN coalesce(q.speaker_id, 0) = ANY ($4::int[]) ELSE q.topic_ids && $6::int[] END

-- How many came or changed since the moment $1, up to $2.
-- name: CountChangedSince
-- index: quotes_updated
SELECT count(*) FROM (
  SELECT FROM quotes WHERE update_time > $1::timestamptz ORDER BY update_time DESC LIMIT $2::bigint) changed;

-- The $4 ids that count most from code $5 to code $6, of kinds $7 (none: all).
-- name: RankTallies
-- plan: custom
SELECT id FROM (
  SELECT t.id, 5952 * t.year + c.code AS code, c.n
  FROM tallies t CROSS JOIN unnest(t.days, t.day_counts) c (code, n)
  WHERE t.dimension = $1::smallint AND t.year BETWEEN $2::int AND $3::int
  UNION ALL {{TallyChangesRanked}}) cell
WHERE id >= 0 AND code BETWEEN $5::int AND $6::int
  AND (cardinality($7::int[]) = 0 OR code % 16 / 4 = ANY ($7::int[]))
GROUP BY id HAVING sum(n) > 0 ORDER BY sum(n) DESC, id LIMIT $4::bigint;

-- The same over whole years and all kinds.
-- name: RankWholeTallies
-- plan: custom
SELECT id FROM (
  SELECT t.id, $5::int AS code, t.total AS n FROM tallies t
  WHERE t.dimension = $1::smallint AND t.year BETWEEN $2::int AND $3::int
  UNION ALL {{TallyChangesRanked}}) cell
WHERE id >= 0 AND code BETWEEN $5::int AND $6::int AND cardinality($7::int[]) = 0
GROUP BY id HAVING sum(n) > 0 ORDER BY sum(n) DESC, id LIMIT $4::bigint;

-- fragment: TallyChangesRanked
SELECT t.id, c.code, t.sign FROM tally_changes t CROSS JOIN unnest(t.codes) c (code) WHERE t.dimension = $1::smallint

-- What people call the groups.
-- name: NamesOf
-- each: Speakers speakers | Outlets outlets | Topics topics | Claims claims
-- index: {1}_pkey
SELECT id, '{1}/' || slug, display_name FROM {1} WHERE id = ANY ($1::int[]);
