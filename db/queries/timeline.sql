-- Timelines: counts by span of time and group, planned anew with their values.
-- $29 the unit of date_trunc, $30 the group (none, speaker, outlet, topic, kind, claim,
-- position, holder), $31 most groups,
-- $32 the worst precision (Precision) that still fits into a bucket.

-- fragment: Matched
SELECT greatest(date_trunc($29::text, q.occurred_on::timestamp)::date, '0001-01-01') AS bucket,
    q.occurred_precision > $32::smallint AS uncertain,
    CASE $30::text
      WHEN 'speaker' THEN ARRAY[coalesce(q.speaker_id, 0)]
      WHEN 'kind' THEN ARRAY[q.kind::int]
      WHEN 'topic' THEN CASE WHEN q.topic_ids = '{}' THEN ARRAY[0] ELSE q.topic_ids END
      WHEN 'outlet' THEN CASE WHEN q.outlet_ids = '{}' THEN ARRAY[0] ELSE q.outlet_ids END
      WHEN 'claim' THEN ARRAY(
        SELECT DISTINCT st.claim_id FROM stances st WHERE st.quote_id = q.id AND {{StanceFits}})
      WHEN 'position' THEN ARRAY(
        SELECT DISTINCT st.position::int FROM stances st WHERE st.quote_id = q.id AND {{StanceFits}})
      WHEN 'holder' THEN ARRAY(
        SELECT DISTINCT st.speaker_id FROM stances st WHERE st.quote_id = q.id AND {{StanceFits}})
      ELSE ARRAY[0] END AS groups

-- fragment: Counted
counts AS MATERIALIZED (
  SELECT g.id, matched.bucket, count(*) AS n, count(*) FILTER (WHERE matched.uncertain) AS uncertain
  FROM matched CROSS JOIN unnest(matched.groups) g (id) GROUP BY g.id, matched.bucket),
total AS (SELECT count(*)::bigint AS n FROM matched),
{{Shown}}

-- The largest groups keep their id, the others share -1. The first row has the number of quotes, each once. Not joined:
-- how many groups there are is not known when it is planned.
-- fragment: Shown
largest AS (SELECT id FROM counts GROUP BY id ORDER BY sum(n) DESC, id LIMIT $31::int),
shown AS (
  SELECT CASE WHEN id IN (SELECT id FROM largest) THEN id ELSE -1 END AS id, bucket, sum(n) AS n,
    sum(uncertain) AS uncertain
  FROM counts GROUP BY 1, 2)
SELECT NULL::int, NULL::date, n, 0::bigint, NULL::text, NULL::text FROM total
UNION ALL
SELECT shown.id, shown.bucket, shown.n::bigint, shown.uncertain::bigint,
  coalesce('speakers/' || s.slug, 'outlets/' || o.slug, 'topics/' || t.slug, 'claims/' || c.slug),
  coalesce(s.display_name, o.display_name, t.display_name, c.display_name)
FROM shown
LEFT JOIN speakers s ON $30::text IN ('speaker', 'holder') AND s.id = shown.id
LEFT JOIN claims c ON $30::text = 'claim' AND c.id = shown.id
LEFT JOIN outlets o ON $30::text = 'outlet' AND o.id = shown.id
LEFT JOIN topics t ON $30::text = 'topic' AND t.id = shown.id
ORDER BY 1 NULLS FIRST, 2

-- name: GetTimeline
-- plan: custom
WITH matched AS MATERIALIZED (
  {{Matched}}
  FROM quotes q WHERE {{Matches}} AND {{MatchesWords}} AND {{Unpaged}}),
{{Counted}};

-- name: GetTimelineOfTopics
-- plan: custom
WITH matched AS MATERIALIZED (
  {{Matched}}
  FROM (SELECT DISTINCT quote_id FROM quote_topics WHERE topic_id = ANY ($6::int[])) tagged
  JOIN quotes q ON q.id = tagged.quote_id
  WHERE {{Matches}} AND {{MatchesWords}} AND {{Unpaged}}),
{{Counted}};

-- Only one topic, days and kinds are asked about, by speaker: quote_topics knows all that it takes.
-- name: GetTimelineOfTopicBySpeaker
-- index: quote_topics_topic_occurred
WITH counts AS MATERIALIZED (
  SELECT coalesce(t.speaker_id, 0) AS id, greatest(date_trunc($29::text, t.occurred_on::timestamp)::date, '0001-01-01') AS bucket,
    count(*) AS n, count(*) FILTER (WHERE t.traits % 4 >= $32::smallint) AS uncertain
  FROM quote_topics t
  WHERE t.topic_id = $21::int AND t.occurred_on >= $8::date AND t.occurred_on <= $9::date AND t.traits IS NOT NULL
    AND (cardinality($14::smallint[]) = 0 OR t.traits / 4 = ANY ($14::smallint[])) AND {{NothingElse}} AND {{NoStances}}
  GROUP BY 1, 2),
total AS (SELECT coalesce(sum(n), 0)::bigint AS n FROM counts),
{{Shown}};

-- fragment: NoStances
($22::int[] IS NULL OR true) AND ($23::smallint[] IS NULL OR true) AND ($24::int[] IS NULL OR true)
    AND ($25::boolean OR true) AND ($26::timestamptz IS NULL OR true)

-- name: GetTimelineOfOutlets
-- plan: custom
WITH matched AS MATERIALIZED (
  {{Matched}}
  FROM (SELECT DISTINCT quote_id FROM appearances WHERE outlet_id = ANY ($7::int[])) printed
  JOIN quotes q ON q.id = printed.quote_id
  WHERE {{Matches}} AND {{MatchesWords}} AND {{Unpaged}}),
{{Counted}};

-- name: GetTimelineOfStances
-- plan: custom
WITH matched AS MATERIALIZED (
  {{Matched}}
  FROM (SELECT DISTINCT st.quote_id FROM stances st WHERE {{IsEvidence}} AND {{StanceFits}}) evidence
  JOIN quotes q ON q.id = evidence.quote_id
  WHERE {{Matches}} AND {{MatchesWords}} AND {{Unpaged}}),
{{Counted}};

-- What a filter of stances alone leaves open, in the numbering of the page statements.
-- fragment: NothingElse
($1::bigint IS NULL OR true) AND ($2::bigint IS NULL OR true) AND ($3::date IS NULL OR true)
    AND ($4::uuid IS NULL OR true) AND ($5::int[] IS NULL OR true) AND ($6::int[] IS NULL OR true)
    AND ($7::int[] IS NULL OR true) AND ($10::int IS NULL OR true) AND ($11::int IS NULL OR true)
    AND ($12::int IS NULL OR true) AND ($13::int IS NULL OR true) AND ($14::smallint[] IS NULL OR true)
    AND ($15::smallint[] IS NULL OR true) AND ($16::smallint[] IS NULL OR true) AND ($17::text[] IS NULL OR true)
    AND ($18::bigint IS NULL OR true) AND (NOT $19::boolean OR true) AND ($20::tsquery IS NULL OR true)
    AND ($21::int IS NULL OR true) AND ($27::uuid[] IS NULL OR true) AND ($28::timestamptz IS NULL OR true)

-- Only stances and days are asked about: stances know all that it takes.
-- name: GetTimelineOfStancesAlone
-- plan: custom
WITH stance AS (
  SELECT st.quote_id, st.occurred_on, st.occurred_precision,
    CASE $30::text WHEN 'claim' THEN st.claim_id WHEN 'position' THEN st.position WHEN 'holder' THEN st.speaker_id
      ELSE 0 END AS id
  FROM stances st
  WHERE {{IsEvidence}} AND {{StanceFits}} AND st.occurred_on >= $8::date AND st.occurred_on <= $9::date
    AND {{NothingElse}}),
matched AS MATERIALIZED (
  SELECT greatest(date_trunc($29::text, occurred_on::timestamp)::date, '0001-01-01') AS bucket,
    occurred_precision > $32::smallint AS uncertain, array_agg(DISTINCT id) AS groups
  FROM stance GROUP BY quote_id, occurred_on, occurred_precision),
{{Counted}};

-- name: GetTimeline
-- plan: custom
-- each: Then - - $28
WITH {{RecordThen}},
matched AS MATERIALIZED (
  {{Matched}}
  FROM quotes q WHERE {{MatchesThen}} AND {{Unpaged}}),
{{Counted}};
