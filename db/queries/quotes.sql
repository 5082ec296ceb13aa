-- Quotes: reading rows, finding pages, writing with revisions.
--
-- A list finds the ids of its page first and then reads the rows by id: pages are found on narrow indexes, and
-- there is one row reader for all.

-- What a page statement may be given, in this order:
--   $1 limit, $2 most rows to walk (null: no bound), $3 $4 key after which to go on (occurred_on, id),
--   $5 speakers, $6 topics with all below them, $7 outlets, $8 $9 first and last day on the time axis,
--   $10 $11 interval in which it may have been said, $12 $13 interval of publication, $14 kinds, $15 polarities,
--   $16 states, $17 languages, $18 import, $19 only unnamed sources, $20 words as tsquery, $21 the driver's id;
--   of quotes that are evidence of a stance: $22 claims with positions (claim * 16 + position), $23 positions,
--   $24 holders, $25 ascribed stances too, $26 the moment at which they are (null: stances do not matter);
--   $27 quotes to leave out: searching for words must not tell that these quotes under embargo have them;
--   $28 a moment in the past: only what did not change since, in outlets that it had by then (null: now)

-- The days are compared in a way that no index serves: walks bound their index themselves, and what is gathered
-- must not be looked for along the days.
-- fragment: Matches
(cardinality($5::int[]) = 0 OR q.speaker_id = ANY ($5::int[]))
    AND (cardinality($6::int[]) = 0 OR q.topic_ids && $6::int[])
    AND (cardinality($7::int[]) = 0 OR q.outlet_ids && $7::int[])
    AND q.occurred_on + 0 >= $8::date AND q.occurred_on + 0 <= $9::date
    AND ($10::int IS NULL OR q.said_to >= $10::int) AND ($11::int IS NULL OR q.said_from <= $11::int)
    AND ($12::int IS NULL OR EXISTS (
      SELECT FROM appearances a
      WHERE a.quote_id = q.id AND a.published_to >= $12::int AND a.published_from <= $13::int
        AND (a.published_from, a.published_to) <> (0, 999999999)
        AND ($28::timestamptz IS NULL OR a.create_time <= $28::timestamptz)))
    AND (cardinality($14::smallint[]) = 0 OR q.kind = ANY ($14::smallint[]))
    AND q.polarity = ANY ($15::smallint[])
    AND q.state = ANY ($16::smallint[])
    AND (cardinality($17::text[]) = 0 OR q.language = ANY ($17::text[]))
    AND ($18::bigint IS NULL OR q.import_id = $18::bigint)
    AND (NOT $19::boolean OR q.speaker_id IS NULL)
    AND ($26::timestamptz IS NULL OR EXISTS (SELECT FROM stances st WHERE st.quote_id = q.id AND {{StanceFits}}))
    AND q.id <> ALL ($27::uuid[])
    AND ($28::timestamptz IS NULL OR q.update_time <= $28::timestamptz AND (cardinality($7::int[]) = 0 OR EXISTS (
      SELECT FROM appearances a
      WHERE a.quote_id = q.id AND a.outlet_id = ANY ($7::int[]) AND a.create_time <= $28::timestamptz)))

-- fragment: StanceFits
st.standing = 1 AND st.recorded_from <= $26::timestamptz AND st.recorded_to > $26::timestamptz
      AND (cardinality($22::int[]) = 0 OR st.claim_id * 16 + st.position = ANY ($22::int[]))
      AND (cardinality($23::smallint[]) = 0 OR st.position = ANY ($23::smallint[]))
      AND (cardinality($24::int[]) = 0 OR st.speaker_id = ANY ($24::int[]))
      AND ($25::boolean OR NOT st.ascribed)

-- fragment: MatchesWords
($20::tsquery IS NULL OR q.search @@ $20::tsquery)

-- How a walk along an index of quotes goes on, and what it does with each row it meets.
-- fragment: Walked
q.occurred_on >= $8::date AND q.occurred_on <= $9::date AND (q.occurred_on, q.id) {1} ($3::date, $4::uuid)
  ORDER BY q.occurred_on {2}, q.id {2} LIMIT $2::bigint)
SELECT q.id, q.occurred_on
FROM walk q
WHERE {{Matches}} AND {{MatchesWords}} AND ($21::int IS NULL OR true)
ORDER BY q.occurred_on {2}, q.id {2}
LIMIT $1::bigint

-- The same for a walk along an index of another table: OFFSET 0 makes it one look-up a row, in the walk's order.
-- fragment: WalkedElsewhere
SELECT walk.quote_id AS id, walk.occurred_on
FROM walk CROSS JOIN LATERAL (
  SELECT FROM quotes q WHERE q.id = walk.quote_id AND {{Matches}} AND {{MatchesWords}} OFFSET 0) matching
ORDER BY walk.occurred_on {2}, walk.quote_id {2}
LIMIT $1::bigint

-- name: PageOfAll
-- index: quotes_occurred
-- each: Newest < DESC | Oldest > ASC
WITH walk AS NOT MATERIALIZED (
  SELECT q.* FROM quotes q WHERE {{Walked}};

-- name: PageOfSpeaker
-- index: quotes_speaker_occurred
-- each: Newest < DESC | Oldest > ASC
WITH walk AS NOT MATERIALIZED (
  SELECT q.* FROM quotes q WHERE q.speaker_id = $21::int AND {{Walked}};

-- name: PageOfTopic
-- index: quote_topics_topic_occurred
-- each: Newest < DESC | Oldest > ASC
WITH walk AS NOT MATERIALIZED (
  SELECT t.quote_id, t.occurred_on FROM quote_topics t
  WHERE t.topic_id = $21::int
    AND t.occurred_on >= $8::date AND t.occurred_on <= $9::date
    AND (t.occurred_on, t.quote_id) {1} ($3::date, $4::uuid)
  ORDER BY t.occurred_on {2}, t.quote_id {2} LIMIT $2::bigint)
{{WalkedElsewhere}};

-- name: PageOfSpeakerAndTopic
-- index: quote_topics_speaker_topic_occurred
-- each: Newest < DESC | Oldest > ASC
WITH walk AS NOT MATERIALIZED (
  SELECT t.quote_id, t.occurred_on FROM quote_topics t
  WHERE t.topic_id = $21::int AND t.speaker_id = ($5::int[])[1]
    AND t.occurred_on >= $8::date AND t.occurred_on <= $9::date
    AND (t.occurred_on, t.quote_id) {1} ($3::date, $4::uuid)
  ORDER BY t.occurred_on {2}, t.quote_id {2} LIMIT $2::bigint)
{{WalkedElsewhere}};

-- A quote may have appeared twice in one outlet: DISTINCT over the ordered walk.
-- name: PageOfOutlet
-- index: appearances_outlet_occurred
-- each: Newest < DESC | Oldest > ASC
WITH walk AS NOT MATERIALIZED (
  SELECT DISTINCT a.occurred_on, a.quote_id FROM appearances a
  WHERE a.outlet_id = $21::int
    AND a.occurred_on >= $8::date AND a.occurred_on <= $9::date
    AND (a.occurred_on, a.quote_id) {1} ($3::date, $4::uuid)
  ORDER BY a.occurred_on {2}, a.quote_id {2} LIMIT $2::bigint)
{{WalkedElsewhere}};

-- All that match, gathered without an order and sorted afterwards: there is no index order for the planner to
-- be tempted by. For words that a bounded walk did not find often enough. The index is asked for $29 alone, which all that
-- match have: it would step through the places of "of" as well. The function is the operator without its index.
-- name: PageOfWords
-- index: quotes_search
-- each: Newest < DESC | Oldest > ASC
WITH found AS MATERIALIZED (
  SELECT q.id, q.occurred_on FROM quotes q
  WHERE q.search @@ $29::tsquery AND ts_match_vq(q.search, $20::tsquery) AND {{Matches}}
    AND ($2::bigint IS NULL OR true) AND ($21::int IS NULL OR true))
{{Gathered}};

-- Of these, what has the marks $30: a slice of time, or names that the filter asks for.
-- name: PageOfMarkedWords
-- index: quotes_search
-- each: Newest < DESC | Oldest > ASC
WITH found AS MATERIALIZED (
  SELECT q.id, q.occurred_on FROM quotes q
  WHERE q.search @@ $29::tsquery
    AND search_marks(q.speaker_id, q.topic_ids, q.outlet_ids, q.occurred_on) @@ $30::tsquery
    AND ts_match_vq(q.search, $20::tsquery) AND {{Matches}}
    AND ($2::bigint IS NULL OR true) AND ($21::int IS NULL OR true))
{{Gathered}};

-- All that has the marks $29, for names that no index of their own has together.
-- name: PageOfMarks
-- index: quotes_search
-- each: Newest < DESC | Oldest > ASC
WITH found AS MATERIALIZED (
  SELECT q.id, q.occurred_on FROM quotes q
  WHERE search_marks(q.speaker_id, q.topic_ids, q.outlet_ids, q.occurred_on) @@ $29::tsquery
    AND {{Matches}} AND {{MatchesWords}} AND ($2::bigint IS NULL OR true) AND ($21::int IS NULL OR true))
{{Gathered}};

-- The next day in a direction on which anything was said, between two days.
-- name: NextDay
-- index: quotes_occurred
-- each: Newest max | Oldest min
SELECT {1}(occurred_on) FROM quotes WHERE occurred_on >= $1::date AND occurred_on <= $2::date;

-- fragment: Gathered
SELECT id, occurred_on FROM found
WHERE (occurred_on, id) {1} ($3::date, $4::uuid)
ORDER BY occurred_on {2}, id {2}
LIMIT $1::bigint

-- For several speakers: their ranges gathered, then sorted. The same for several topics and outlets.
-- name: PageOfSpeakers
-- index: quotes_speaker_occurred
-- each: Newest < DESC | Oldest > ASC
WITH found AS MATERIALIZED (
  SELECT q.id, q.occurred_on FROM quotes q
  WHERE q.speaker_id = ANY ($5::int[]) AND {{Matches}} AND {{MatchesWords}}
    AND ($2::bigint IS NULL OR true) AND ($21::int IS NULL OR true))
{{Gathered}};

-- Asked-for topics and all below them; a quote is tagged with any of them.
-- name: PageOfTopics
-- index: quote_topics_topic_occurred
-- each: Newest < DESC | Oldest > ASC
WITH found AS MATERIALIZED (
  SELECT q.id, q.occurred_on FROM (
    SELECT DISTINCT quote_id FROM quote_topics WHERE topic_id = ANY ($6::int[])) tagged
  JOIN quotes q ON q.id = tagged.quote_id
  WHERE true AND {{Matches}} AND {{MatchesWords}}
    AND ($2::bigint IS NULL OR true) AND ($21::int IS NULL OR true))
{{Gathered}};

-- Printed by any of several outlets.
-- name: PageOfOutlets
-- index: appearances_outlet_occurred
-- each: Newest < DESC | Oldest > ASC
WITH found AS MATERIALIZED (
  SELECT q.id, q.occurred_on FROM (
    SELECT DISTINCT quote_id FROM appearances WHERE outlet_id = ANY ($7::int[])) printed
  JOIN quotes q ON q.id = printed.quote_id
  WHERE true AND {{Matches}} AND {{MatchesWords}}
    AND ($2::bigint IS NULL OR true) AND ($21::int IS NULL OR true))
{{Gathered}};

-- Evidence about one claim; the walk meets earlier states of stances too.
-- name: PageOfClaim
-- index: stances_claim_occurred
-- each: Newest < DESC | Oldest > ASC
WITH walk AS NOT MATERIALIZED (
  SELECT DISTINCT st.occurred_on, st.quote_id FROM stances st
  WHERE st.claim_id = $21::int
    AND st.occurred_on >= $8::date AND st.occurred_on <= $9::date
    AND (st.occurred_on, st.quote_id) {1} ($3::date, $4::uuid)
    AND (st.standing = 1 AND st.recorded_from <= $26::timestamptz AND st.recorded_to > $26::timestamptz)
  ORDER BY st.occurred_on {2}, st.quote_id {2} LIMIT $2::bigint)
{{WalkedElsewhere}};

-- Evidence about any of several claims, or of holders' positions.
-- fragment: IsEvidence
(cardinality($22::int[]) = 0 OR st.claim_id = ANY (ARRAY(SELECT DISTINCT code / 16 FROM unnest($22::int[]) code)))

-- name: PageOfStances
-- plan: custom
-- each: Newest < DESC | Oldest > ASC
WITH found AS MATERIALIZED (
  SELECT q.id, q.occurred_on FROM (
    SELECT DISTINCT st.quote_id FROM stances st WHERE {{IsEvidence}} AND {{StanceFits}}) evidence
  JOIN quotes q ON q.id = evidence.quote_id
  WHERE true AND {{Matches}} AND {{MatchesWords}}
    AND ($2::bigint IS NULL OR true) AND ($21::int IS NULL OR true))
{{Gathered}};

-- What one import brought, where a bounded walk did not find enough of it.
-- name: PageOfImport
-- index: quotes_import
-- each: Newest < DESC | Oldest > ASC
WITH found AS MATERIALIZED (
  SELECT q.id, q.occurred_on FROM quotes q
  WHERE q.import_id = $18::bigint AND {{Matches}} AND {{MatchesWords}}
    AND ($2::bigint IS NULL OR true) AND ($21::int IS NULL OR true))
{{Gathered}};

-- What unnamed sources said.
-- name: PageOfUnnamed
-- index: quotes_speaker_occurred
-- each: Newest < DESC | Oldest > ASC
WITH walk AS NOT MATERIALIZED (
  SELECT q.* FROM quotes q WHERE q.speaker_id IS NULL AND {{Walked}};

-- What was retracted.
-- name: PageOfRetracted
-- index: quotes_retracted
-- each: Newest < DESC | Oldest > ASC
WITH walk AS NOT MATERIALIZED (
  SELECT q.* FROM quotes q WHERE q.state = 2 AND {{Walked}};

-- What the record held at the moment {3}: these stand in for the tables of their names, so that a statement that begins
-- with them answers as it would have then. What a table held is what it holds since an earlier moment, and what was
-- replaced after it. A quote's outlets follow from its appearances then; those that it had sooner or later narrow them
-- down. Of speakers, outlets, topics and claims there are ids and display names.
-- fragment: RecordThen
appearances AS NOT MATERIALIZED (
  SELECT a.* FROM appearances a
  WHERE a.create_time <= {3}::timestamptz AND NOT EXISTS (
    SELECT FROM quote_revisions r
    WHERE r.quote_id = a.quote_id AND r.replaced_time > {3}::timestamptz AND r.appearances IS NOT NULL)
  UNION ALL
  SELECT a.* FROM quote_revisions r CROSS JOIN LATERAL jsonb_populate_recordset(NULL::appearances, r.appearances) a
  WHERE a.quote_id = r.quote_id AND a.create_time <= {3}::timestamptz
    AND r.replaced_time > {3}::timestamptz AND r.appearances IS NOT NULL AND NOT EXISTS (
      SELECT FROM quote_revisions e
      WHERE e.quote_id = r.quote_id AND e.revision < r.revision
        AND e.replaced_time > {3}::timestamptz AND e.appearances IS NOT NULL)),
unchanged_quotes AS NOT MATERIALIZED (
  SELECT q.id, {{QuoteState}}, q.search FROM quotes q WHERE q.update_time <= {3}::timestamptz),
{{ChangedQuotes}},
quotes AS NOT MATERIALIZED (SELECT * FROM unchanged_quotes UNION ALL SELECT * FROM changed_quotes),
articles AS NOT MATERIALIZED (  -- their ids are the table's, so that one is looked up and not found among what all were
  SELECT m.id, was.outlet_id, was.url, was.headline, was.byline, was.dateline, was.stub, was.create_time, was.redacted,
    was.published_from, was.published_to, was.published_printed, was.published_basis, was.language, was.note,
    was.merged_into, was.edited, was.revision, was.update_time, was.changed_by, was.changed_via, was.change_reason
  FROM articles m CROSS JOIN LATERAL {{ArticleThen}} was),
speakers AS NOT MATERIALIZED (
  SELECT t.id, t.slug, coalesce((SELECT n.state->>'display_name' FROM name_revisions n
    WHERE n.resource = 'speakers/' || t.slug AND n.replaced_time > {3}::timestamptz ORDER BY n.revision LIMIT 1),
    t.display_name) AS display_name FROM speakers t),
outlets AS NOT MATERIALIZED (
  SELECT t.id, t.slug, coalesce((SELECT n.state->>'display_name' FROM name_revisions n
    WHERE n.resource = 'outlets/' || t.slug AND n.replaced_time > {3}::timestamptz ORDER BY n.revision LIMIT 1),
    t.display_name) AS display_name FROM outlets t),
topics AS NOT MATERIALIZED (
  SELECT t.id, t.slug, coalesce((SELECT n.state->>'display_name' FROM name_revisions n
    WHERE n.resource = 'topics/' || t.slug AND n.replaced_time > {3}::timestamptz ORDER BY n.revision LIMIT 1),
    t.display_name) AS display_name FROM topics t),
claims AS NOT MATERIALIZED (
  SELECT t.id, t.slug, coalesce((SELECT n.state->>'display_name' FROM name_revisions n
    WHERE n.resource = 'claims/' || t.slug AND n.replaced_time > {3}::timestamptz ORDER BY n.revision LIMIT 1),
    t.display_name) AS display_name FROM claims t)

-- What changed since the moment {3}, as it was. Its words are without their pairs, which only an index is asked for.
-- fragment: ChangedQuotes
changed_quotes AS NOT MATERIALIZED (
  SELECT r.quote_id AS id, {{QuoteState}},
    to_tsvector('onrecord', q.text) || to_tsvector('onrecord', q.original_text) AS search
  FROM quote_revisions r CROSS JOIN LATERAL jsonb_populate_record(NULL::quotes, r.state) q
  WHERE r.replaced_time > {3}::timestamptz AND q.update_time <= {3}::timestamptz)

-- fragment: QuoteState
q.speaker_id, q.described_as, q.source_terms, q.kind, q.polarity, q.state, q.retract_reason, q.text, q.language,
  q.original_text, q.original_language, q.said_from, q.said_to, q.said_printed, q.said_basis, q.occurred_on,
  q.occurred_precision, q.topic_ids, q.outlet_ids AS sometime_outlet_ids, ARRAY(
    SELECT DISTINCT a.outlet_id FROM appearances a WHERE a.quote_id = q.id AND a.outlet_id IS NOT NULL ORDER BY 1)
    AS outlet_ids,
  q.note, q.warnings, q.import_id, q.edited, q.action, q.revision, q.create_time, q.update_time, q.changed_by,
  q.changed_via, q.change_reason

-- fragment: MatchesThen
{{Matches}} AND {{MatchesWords}} AND (cardinality($7::int[]) = 0 OR q.sometime_outlet_ids && $7::int[])

-- Of what changed since a moment, those that matched then; what did not change is found as it is now.
-- name: PageOfChanged
-- plan: custom
-- each: Newest < DESC $28 | Oldest > ASC $28
WITH {{RecordThen}}
SELECT q.id, q.occurred_on FROM changed_quotes q
WHERE {{MatchesThen}} AND q.occurred_on >= $8::date AND q.occurred_on <= $9::date
  AND (q.occurred_on, q.id) {1} ($3::date, $4::uuid) AND ($2::bigint IS NULL OR true) AND ($21::int IS NULL OR true)
ORDER BY q.occurred_on {2}, q.id {2}
LIMIT $1::bigint;

-- The best of some matches: ts_rank_cd rewards words that stand close together.
-- name: RankQuotes
-- index: quotes_pkey
WITH {{Ranked}};

-- name: RankQuotes
-- index: quotes_pkey
-- each: Then - - $6
WITH {{RecordThen}}, {{Ranked}};

-- fragment: Ranked
ranked AS MATERIALIZED (
  SELECT q.id, ts_rank_cd(q.search, $2::tsquery) AS rank FROM quotes q WHERE q.id = ANY ($1::uuid[]))
SELECT id, rank FROM ranked
WHERE (rank, id) < ($3::real, $4::uuid)
ORDER BY rank DESC, id DESC
LIMIT $5::bigint

-- Resolves the names of a filter and compiles its words, in one round trip; whom names of speakers mean depends on the
-- moment. kind: o, t (topic itself), d (topic below), w (words: the tsquery, and whether an index can serve it), i (of the
-- words, and of the pairs that stand in phrases, 1 those that few quotes have, if there are any, 2 also others, but not what
-- is nearly everywhere), p (there are pairs), e (an embargo may hide words).
-- name: ResolveFilter
WITH words AS (
  SELECT w.place, '''' || w.found[1] || '''' AS lexeme, w.found[2] IS NOT NULL AS followed
  FROM regexp_matches(websearch_to_tsquery('onrecord', $3::text)::text, '''((?:[^'']|'''')+)''( <-> )?', 'g')
    WITH ORDINALITY w (found, place)),
pairs AS (
  SELECT '''' || mark || '''' AS lexeme
  FROM (SELECT lexeme, followed, lead(lexeme) OVER (ORDER BY place) AS following FROM words) word
  CROSS JOIN unnest(tsvector_to_array(with_pairs((word.lexeme || ':1 ' || word.following || ':2')::tsvector))) mark
  WHERE word.followed AND mark LIKE '=%'),
asked AS (
  SELECT l.lexeme, coalesce(c.share, 0) AS share
  FROM (SELECT lexeme FROM words UNION ALL SELECT lexeme FROM pairs) l
  LEFT JOIN common_words c ON c.word = (tsvector_to_array(l.lexeme::tsvector))[1])
SELECT 'o', id, slug FROM outlets WHERE slug = ANY ($1::text[])
UNION ALL SELECT 't', id, slug FROM topics WHERE slug = ANY ($2::text[])
UNION ALL
SELECT 'd', below.id, '' FROM topics below
WHERE below.path && ARRAY (SELECT id FROM topics WHERE slug = ANY ($2::text[]))
UNION ALL
SELECT 'w', CASE WHEN querytree(query) IN ('', 'T') THEN 0 ELSE 1 END, query::text
FROM websearch_to_tsquery('onrecord', $3::text) query
WHERE $3::text <> ''
UNION ALL
SELECT 'i', v.which, v.words
FROM (
  SELECT string_agg(lexeme, '&') FILTER (WHERE share = 0) AS rare,
    string_agg(lexeme, '&') FILTER (WHERE share < 0.25) AS telling
  FROM asked) found
CROSS JOIN LATERAL (VALUES (1, coalesce(found.rare, found.telling)), (2, found.telling)) v (which, words)
WHERE v.words IS NOT NULL
UNION ALL
SELECT 'p', 1, '' FROM pairs
UNION ALL
SELECT 'e', 1, '' WHERE $3::text <> '' AND {{MayHideWords}};

-- What the one row reader reads, in its order: a quote with one of its appearances. Times are exact to the microsecond: a
-- double holds them until 2242, and costs less than numeric.
-- fragment: QuoteColumns
q.id, q.revision, q.text, s.slug, s.display_name, q.described_as, q.source_terms, q.kind, q.polarity, q.state,
  q.retract_reason, q.language, q.original_text, q.original_language, q.said_from, q.said_to, q.said_printed,
  q.said_basis,
  (SELECT string_agg(t.slug, ' ' ORDER BY tag.place)
   FROM unnest(q.topic_ids) WITH ORDINALITY tag (id, place)
   CROSS JOIN LATERAL (SELECT named.slug FROM topics named WHERE named.id = tag.id OFFSET 0) t),
  q.note, q.occurred_on, q.occurred_precision, q.warnings,
  (date_part('epoch', q.create_time) * 1000000)::bigint, (date_part('epoch', q.update_time) * 1000000)::bigint,
  q.import_id, q.edited, q.action, q.changed_by, q.changed_via, q.change_reason,
  a.id, o.slug, o.display_name, r.id, r.url, r.headline, r.byline, r.dateline, r.stub,
  a.published_from, a.published_to, a.published_printed, a.published_basis, a.wording, a.attribution, a.cue, a.role,
  a.resolution, a.ranges, a.marks, a.context_before, a.context_after,
  CASE WHEN a.relay_outlet_ids <> '{}' THEN (
    SELECT string_agg(concat_ws(E'\x1f', hop.slug, hop.display_name, coalesce(led.merged_into, led.id)), E'\x1e'
      ORDER BY relay.place)
    FROM unnest(a.relay_outlet_ids, a.relay_article_ids) WITH ORDINALITY relay (outlet_id, article_id, place)
    JOIN outlets hop ON hop.id = relay.outlet_id LEFT JOIN articles led ON led.id = relay.article_id) END,
  (date_part('epoch', a.create_time) * 1000000)::bigint, a.import_id, {{NoticesAtHand}}

-- fragment: QuoteNames
LEFT JOIN speakers s ON s.id = q.speaker_id
LEFT JOIN outlets o ON o.id = a.outlet_id
LEFT JOIN articles r ON r.id = a.article_id

-- Whole quotes, one row for each appearance (one with nulls where there is none).
-- name: ReadQuotes
-- index: quotes_pkey
SELECT {{QuoteColumns}}
FROM quotes q
LEFT JOIN appearances a ON a.quote_id = q.id
{{QuoteNames}}
WHERE q.id = ANY ($1::uuid[])
ORDER BY q.id, a.published_from, a.published_to, a.id;

-- name: ReadQuotes
-- index: quotes_pkey
-- each: Then - - $2
WITH {{RecordThen}}
SELECT {{QuoteColumns}}
FROM quotes q
LEFT JOIN LATERAL (SELECT * FROM appearances printed WHERE printed.quote_id = q.id OFFSET 0) a ON true
{{QuoteNames}}
WHERE q.id = ANY ($1::uuid[])
ORDER BY q.id, a.published_from, a.published_to, a.id;

-- Counting: planned anew with its values, so that conditions that ask for nothing fold away. Up to 100,001.
-- $1 to $4 and $21 keep the numbering of the page statements.
-- fragment: Unpaged
($1::bigint IS NULL OR true) AND ($2::bigint IS NULL OR true) AND ($3::date IS NULL OR true)
    AND ($4::uuid IS NULL OR true) AND ($21::int IS NULL OR true)
    AND q.occurred_on >= $8::date AND q.occurred_on <= $9::date

-- $29: what all that have the words have, where the index is to be asked for that as well.
-- name: CountQuotes
-- plan: custom
SELECT count(*) FROM (
  SELECT FROM quotes q
  WHERE {{Matches}} AND {{MatchesWords}} AND {{Unpaged}} AND ($29::tsquery IS NULL OR q.search @@ $29::tsquery)
  LIMIT 100001) counted;

-- name: CountQuotesOfTopics
-- plan: custom
SELECT count(*) FROM (
  SELECT FROM (SELECT DISTINCT quote_id FROM quote_topics WHERE topic_id = ANY ($6::int[])) tagged
  JOIN quotes q ON q.id = tagged.quote_id
  WHERE {{Matches}} AND {{MatchesWords}} AND {{Unpaged}} LIMIT 100001) counted;

-- name: CountQuotesOfOutlets
-- plan: custom
SELECT count(*) FROM (
  SELECT FROM (SELECT DISTINCT quote_id FROM appearances WHERE outlet_id = ANY ($7::int[])) printed
  JOIN quotes q ON q.id = printed.quote_id
  WHERE {{Matches}} AND {{MatchesWords}} AND {{Unpaged}} LIMIT 100001) counted;

-- name: CountQuotesOfStances
-- plan: custom
SELECT count(*) FROM (
  SELECT FROM (SELECT DISTINCT st.quote_id FROM stances st WHERE {{IsEvidence}} AND {{StanceFits}}) evidence
  JOIN quotes q ON q.id = evidence.quote_id
  WHERE {{Matches}} AND {{MatchesWords}} AND {{Unpaged}} LIMIT 100001) counted;

-- name: CountQuotes
-- plan: custom
-- each: Then - - $28
WITH {{RecordThen}}
SELECT count(*) FROM (SELECT FROM quotes q WHERE {{MatchesThen}} AND {{Unpaged}} LIMIT 100001) counted;

-- name: InsertQuote
INSERT INTO quotes (id, speaker_id, described_as, source_terms, kind, polarity, state, text, language, original_text,
  original_language, said_from, said_to, said_printed, said_basis, occurred_on, occurred_precision, topic_ids,
  outlet_ids, note, warnings, changed_by, changed_via)
VALUES ($1::uuid, $2::int, $3::text, $4::smallint, $5::smallint, $6::smallint, 1, $7::text, $8::text, $9::text,
  $10::text, $11::int, $12::int, $13::text, $14::smallint, $15::date, $16::smallint, $17::int[], $18::int[], $19::text,
  $20::smallint, $21::text, $22::text);

-- The quote's state before the change goes to its revisions in the same statement.
-- name: UpdateQuoteRow
-- index: quotes_pkey
WITH before AS (
  INSERT INTO quote_revisions (quote_id, revision, state, appearances, replaced_time)
  SELECT q.id, q.revision, to_jsonb(q) - 'search',
    CASE WHEN $26::boolean THEN (
      SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.published_from, a.published_to, a.id), '[]')
      FROM appearances a WHERE a.quote_id = q.id) END, statement_timestamp()
  FROM quotes q WHERE q.id = $1::uuid AND q.revision = $23::int
  ON CONFLICT DO NOTHING
  RETURNING quote_id)
UPDATE quotes q SET speaker_id = $2::int, described_as = $3::text, source_terms = $4::smallint, kind = $5::smallint,
  polarity = $6::smallint, text = $7::text, language = $8::text, original_text = $9::text,
  original_language = $10::text, said_from = $11::int, said_to = $12::int, said_printed = $13::text,
  said_basis = $14::smallint, occurred_on = $15::date, occurred_precision = $16::smallint, topic_ids = $17::int[],
  outlet_ids = $18::int[], note = $19::text, warnings = $20::smallint, changed_by = $21::text, changed_via = $22::text,
  change_reason = $24::text, state = $25::smallint, retract_reason = $27::text, action = $28::smallint,
  edited = q.edited OR $29::boolean, revision = q.revision + 1, update_time = statement_timestamp()
FROM before WHERE q.id = before.quote_id AND q.revision = $23::int;

-- name: DeleteQuoteTopics
-- index: quote_topics_pkey
DELETE FROM quote_topics WHERE quote_id = $1::uuid;

-- The topics of quotes and all above them, with copies of what is asked for with them.
-- fragment: InsertTopics
INSERT INTO quote_topics (quote_id, topic_id, speaker_id, occurred_on, traits)
SELECT DISTINCT q.id, above.id, q.speaker_id, q.occurred_on, {{CountedTraits}}

-- As in tallies; null where the quote is not counted.
-- fragment: CountedTraits
CASE WHEN q.state = 1 AND q.polarity = 1 THEN 4 * q.kind + least(q.occurred_precision, 4) - 1 END

-- Of quotes $1, whose rows are written.
-- name: InsertQuoteTopics
{{InsertTopics}}
FROM quotes q CROSS JOIN unnest(q.topic_ids) tag (id) JOIN topics t ON t.id = tag.id CROSS JOIN unnest(t.path) above (id)
WHERE q.id = ANY ($1::uuid[])
ON CONFLICT (quote_id, topic_id) DO NOTHING;

-- The copies follow quotes $1.
-- name: PlaceQuoteTopics
-- index: quote_topics_pkey
UPDATE quote_topics t SET speaker_id = q.speaker_id, occurred_on = q.occurred_on, traits = {{CountedTraits}}
FROM quotes q
WHERE q.id = ANY ($1::uuid[]) AND t.quote_id = q.id
  AND (t.speaker_id, t.occurred_on, t.traits) IS DISTINCT FROM (q.speaker_id, q.occurred_on, {{CountedTraits}});

-- What a person removes ($3) stays known to imports under the appearance's own id, so that they do not bring it back.
-- name: DeleteAppearances
-- index: appearances_pkey
WITH removed AS (
  DELETE FROM appearances WHERE quote_id = $1::uuid AND id <> ALL ($2::uuid[])
  RETURNING quote_id, id, content_hash)
INSERT INTO import_keys (key, quote_id, appearance_id, content_hash)
SELECT id, quote_id, id, content_hash FROM removed WHERE content_hash IS NOT NULL AND $3::boolean
ON CONFLICT (key) DO UPDATE SET content_hash = excluded.content_hash;

-- name: PlaceAppearances
-- index: appearances_pkey
UPDATE appearances SET occurred_on = $2::date WHERE quote_id = $1::uuid AND occurred_on <> $2::date;

-- name: UpsertAppearance
INSERT INTO appearances (quote_id, id, outlet_id, article_id, occurred_on, published_from, published_to,
  published_printed, published_basis, wording, attribution, cue, role, resolution, ranges, marks, context_before,
  context_after, relay_outlet_ids, relay_article_ids)
VALUES ($1::uuid, $2::uuid, $3::int, $4::uuid, $5::date, $6::int, $7::int, $8::text, $9::smallint, $10::text, $11::text,
  $12::text, $13::text, $14::smallint, $15::int[], $16::smallint, $17::text, $18::text, $19::int[], $20::uuid[])
ON CONFLICT (quote_id, id) DO UPDATE SET outlet_id = excluded.outlet_id, article_id = excluded.article_id,
  occurred_on = excluded.occurred_on, published_from = excluded.published_from, published_to = excluded.published_to,
  published_printed = excluded.published_printed, published_basis = excluded.published_basis,
  wording = excluded.wording, attribution = excluded.attribution, cue = excluded.cue, role = excluded.role,
  resolution = excluded.resolution, ranges = excluded.ranges, marks = excluded.marks,
  context_before = excluded.context_before, context_after = excluded.context_after,
  relay_outlet_ids = excluded.relay_outlet_ids, relay_article_ids = excluded.relay_article_ids;

-- Every state, newest first: the current row, then what was replaced. A state's appearances are those kept with
-- the nearest later change that touched appearances, as far as they existed then.
-- name: ListQuoteRevisions
-- index: quote_revisions_pkey
WITH states AS MATERIALIZED (
  SELECT q.revision, to_jsonb(q) - 'search' AS state, (
      SELECT coalesce(jsonb_agg(to_jsonb(a)), '[]') FROM appearances a WHERE a.quote_id = q.id) AS appearances,
    'infinity'::timestamptz AS replaced_time
  FROM quotes q WHERE q.id = $1::uuid
  UNION ALL
  SELECT revision, state, appearances, replaced_time FROM quote_revisions WHERE quote_id = $1::uuid)
SELECT {{QuoteColumns}}
FROM (SELECT * FROM states WHERE revision < $2::int ORDER BY revision DESC LIMIT $3::int) st
CROSS JOIN LATERAL jsonb_populate_record(NULL::quotes, st.state) q
LEFT JOIN LATERAL (
  SELECT p.* FROM jsonb_populate_recordset(NULL::appearances, (
    SELECT later.appearances FROM states later
    WHERE later.revision >= st.revision AND later.appearances IS NOT NULL
    ORDER BY later.revision LIMIT 1)) p
  WHERE p.create_time < st.replaced_time) a ON true
{{QuoteNames}}
ORDER BY q.revision DESC, a.published_from, a.published_to, a.id;

-- Words that one of a hundred quotes has, in a sample of $1: those with the lowest ids, which are hashes.
-- name: SampleCommonWords
-- plan: custom
WITH size AS (SELECT count(*) AS quotes FROM (SELECT FROM quotes LIMIT $1::bigint) sample),
common AS MATERIALIZED (
  SELECT s.word, s.ndoc::real / size.quotes AS share
  FROM size CROSS JOIN ts_stat('SELECT search FROM quotes ORDER BY id LIMIT ' || $1::bigint) s
  WHERE 100 * s.ndoc >= size.quotes AND s.ndoc >= 10),
gone AS (DELETE FROM common_words c WHERE NOT EXISTS (SELECT FROM common f WHERE f.word = c.word))
INSERT INTO common_words (word, share) SELECT word, share FROM common ORDER BY word
ON CONFLICT (word) DO UPDATE SET share = excluded.share;
