-- Which quotes are wordings of one utterance: the links between them, suggested by the matcher and decided by people.

-- What decides which utterance a quote belongs to. When it was published first is known as far as its printings tell.
-- fragment: Sayings
SELECT q.id, q.speaker_id, q.polarity, q.state, q.text, q.said_from, q.said_to, p.published_from, p.published_to,
  (q.create_time AT TIME ZONE 'UTC')::date, (extract(epoch FROM q.create_time) * 1000000)::bigint, q.occurred_on
FROM quotes q CROSS JOIN LATERAL (
  SELECT min(nullif(a.published_from, 0)) AS published_from, min(nullif(a.published_to, 999999999)) AS published_to
  FROM appearances a WHERE a.quote_id = q.id) p
WHERE q.id = ANY ($1::uuid[])
ORDER BY q.id

-- name: ReadSayings
-- index: quotes_pkey
{{Sayings}};

-- name: ReadSayings
-- plan: custom
-- each: Then - - $2
WITH {{RecordThen}}
{{Sayings}};

-- Those who speak for speakers, and those for whom they speak, each beside the speaker; a speaker's merged names are asked
-- for too.
-- name: VoicesOfSpeakers
-- index: speakers_pkey
WITH asked AS MATERIALIZED (
  SELECT s.id, s.slug, coalesce(s.merged_into, s.id) AS lead FROM speakers s
  WHERE s.id = ANY ($1::int[]) OR s.merged_into = ANY ($1::int[]))
SELECT asked.lead, coalesce(principal.merged_into, principal.id)
FROM asked JOIN speaker_names n ON n.speaker_id = asked.id
JOIN speakers principal ON principal.slug = substr(n.folded, length('speakers/') + 1)
WHERE n.reason = 5
UNION
SELECT asked.lead, n.speaker_id FROM asked JOIN speaker_leads n ON n.folded = 'speakers/' || asked.slug
WHERE n.reason = 5;

-- A speaker's quotes are compared anew, since others may speak for them now.
-- name: QueueQuotesOfSpeaker
-- index: quotes_speaker_occurred
INSERT INTO quotes_to_match (quote_id) SELECT q.id FROM quotes q WHERE q.speaker_id = $1::int;

-- Answers with the quotes that are new or differ in what they are linked by.
-- name: UpsertSpans
INSERT INTO quote_spans (quote_id, speaker_id, polarity, reach, first_day, last_day, words, word_count, fingerprint)
SELECT f.quote_id, f.speaker_id, f.polarity, f.reach, f.first_day, f.last_day, f.words::int[], f.word_count, f.fingerprint
FROM unnest($1::uuid[], $2::int[], $3::smallint[], $4::smallint[], $5::date[], $6::date[], $7::text[], $8::int[],
  $9::uuid[]) f (quote_id, speaker_id, polarity, reach, first_day, last_day, words, word_count, fingerprint)
ORDER BY f.quote_id
ON CONFLICT (quote_id) DO UPDATE SET speaker_id = excluded.speaker_id, polarity = excluded.polarity,
  reach = excluded.reach, first_day = excluded.first_day, last_day = excluded.last_day, words = excluded.words,
  word_count = excluded.word_count, fingerprint = excluded.fingerprint
WHERE quote_spans.fingerprint <> excluded.fingerprint
RETURNING quote_id;

-- name: DeleteSpans
-- index: quote_spans_pkey
DELETE FROM quote_spans WHERE quote_id = ANY ($1::uuid[]);

-- Quotes of speakers $1 that may have been said between the days $2 and $3 and not until the day $4, at most $5. Days
-- count from 1970.
-- name: QuotesToCompare
-- index: quote_spans_speaker_reach_day
WITH windows AS MATERIALIZED (
  SELECT w.speaker_id, r.reach::smallint AS reach, w.first_day, w.last_day,
    greatest(w.after, CASE WHEN r.reach = 3 THEN '-infinity'::date ELSE w.first_day - r.days END) AS after
  FROM unnest($1::int[], $2::date[], $3::date[], $4::date[]) w (speaker_id, first_day, last_day, after)
  CROSS JOIN (VALUES (0, 3), (1, 62), (2, 400), (3, 0)) r (reach, days))
SELECT s.quote_id, s.speaker_id, s.polarity, s.first_day - '1970-01-01'::date, s.last_day - '1970-01-01'::date, s.words,
  s.word_count
FROM windows w JOIN quote_spans s ON s.speaker_id = w.speaker_id AND s.reach = w.reach
  AND s.first_day > w.after AND s.first_day <= w.last_day AND s.last_day >= w.first_day
LIMIT $5::bigint;

-- Suggestions for quotes $1 that are not among the n-th of $2 to $6 any more. The conditions are written so that no index
-- on all suggestions or all current links can serve them.
-- name: EndSuggestions
-- index: quote_links_other
WITH touched AS MATERIALIZED (
  SELECT l.quote_id, l.other_id FROM quote_links l
  WHERE l.quote_id = ANY ($1::uuid[]) AND l.state + 0 = 1 AND NOT l.recorded_to < 'infinity'
  UNION
  SELECT l.quote_id, l.other_id FROM quote_links l
  WHERE l.other_id = ANY ($1::uuid[]) AND l.state + 0 = 1 AND NOT l.recorded_to < 'infinity')
UPDATE quote_links l SET recorded_to = statement_timestamp()
FROM touched t
WHERE l.quote_id = t.quote_id AND l.other_id = t.other_id AND l.recorded_to = 'infinity'
  AND l.quote_id = ANY (ARRAY(SELECT quote_id FROM touched)) AND NOT EXISTS (
  SELECT FROM unnest($2::uuid[], $3::uuid[], $4::boolean[], $5::smallint[], $6::double precision[])
    s (quote_id, other_id, reference_first, relation, similarity)
  WHERE s.quote_id = l.quote_id AND s.other_id = l.other_id AND s.reference_first = l.reference_first
    AND s.relation = l.relation AND s.similarity = l.similarity);

-- Written so that no index on the other quote alone can serve it: some are linked with thousands.
-- name: EndQuoteLink
-- index: quote_links_current
UPDATE quote_links SET recorded_to = statement_timestamp()
WHERE quote_id = $1::uuid AND other_id BETWEEN $2::uuid AND $2::uuid AND recorded_to = 'infinity';

-- Where there is a link already it stays: what people decided is for good.
-- name: InsertQuoteLinks
INSERT INTO quote_links (quote_id, other_id, reference_first, relation, similarity, containment, closeness, state,
  speaker_id, other_speaker_id, author, reason, recorded_from)
SELECT f.quote_id, f.other_id, f.reference_first, f.relation, f.similarity, f.containment, f.closeness, $10::smallint,
  f.speaker_id, f.other_speaker_id, $11::text, $12::text, statement_timestamp()
FROM unnest($1::uuid[], $2::uuid[], $3::boolean[], $4::smallint[], $5::double precision[], $6::double precision[],
  $7::int[], $8::int[], $9::int[]) f (quote_id, other_id, reference_first, relation, similarity, containment, closeness,
  speaker_id, other_speaker_id)
ORDER BY f.quote_id, f.other_id
ON CONFLICT (quote_id, other_id) WHERE recorded_to = 'infinity' DO NOTHING;

-- Links follow their quotes to other speakers: the n-th of $1 has the speaker of $2.
-- name: FollowSpeakers
-- plan: custom
UPDATE quote_links l SET speaker_id = f.speaker_id FROM unnest($1::uuid[], $2::int[]) f (quote_id, speaker_id)
WHERE l.quote_id = f.quote_id AND l.quote_id = ANY ($1::uuid[]) AND l.recorded_to = 'infinity' AND l.speaker_id <> f.speaker_id;

-- name: FollowOtherSpeakers
-- plan: custom
UPDATE quote_links l SET other_speaker_id = f.speaker_id FROM unnest($1::uuid[], $2::int[]) f (quote_id, speaker_id)
WHERE l.other_id = f.quote_id AND l.other_id = ANY ($1::uuid[]) AND NOT l.recorded_to < 'infinity' AND l.other_speaker_id <> f.speaker_id;

-- Of redacted quotes, earlier versions too.
-- name: DeleteQuoteLinks
-- plan: custom
DELETE FROM quote_links WHERE quote_id = ANY ($1::uuid[]) OR other_id = ANY ($1::uuid[]);

-- What the one row reader reads, in its order.
-- fragment: LinkColumns
l.quote_id, l.other_id, l.reference_first, l.relation, l.similarity, l.containment, l.closeness, l.state, l.author,
  l.reason, (extract(epoch FROM l.recorded_from) * 1000000)::bigint

-- fragment: LinkIsHeld
l.recorded_from <= $1::timestamptz AND l.recorded_to > $1::timestamptz

-- The links of quotes $2 at the moment $1, at most $3.
-- name: LinksOfQuotes
-- index: quote_links_other
SELECT {{LinkColumns}} FROM quote_links l WHERE l.quote_id = ANY ($2::uuid[]) AND {{LinkIsHeld}}
UNION ALL
SELECT {{LinkColumns}} FROM quote_links l
WHERE l.other_id = ANY ($2::uuid[]) AND NOT l.quote_id = ANY ($2::uuid[]) AND {{LinkIsHeld}}
LIMIT $3::bigint;

-- The link between two quotes now.
-- name: GetQuoteLink
-- index: quote_links_current
SELECT {{LinkColumns}} FROM quote_links l
WHERE l.quote_id = $1::uuid AND l.other_id = $2::uuid AND l.recorded_to = 'infinity';

-- A page of links in one state ($2), the least close first: $3 relations, $4 $5 $6 the key after which to go on, $7 rows.
-- name: WalkQuoteLinks
-- index: quote_links_state
SELECT {{LinkColumns}} FROM quote_links l
WHERE l.state = $2::smallint AND {{LinkIsHeld}}
  AND (cardinality($3::smallint[]) = 0 OR l.relation = ANY ($3::smallint[]))
  AND (l.closeness, l.quote_id, l.other_id) > ($4::int, $5::uuid, $6::uuid)
ORDER BY l.closeness, l.quote_id, l.other_id
LIMIT $7::bigint;

-- The same of a quote ($8) or a speaker ($9): gathered, then sorted.
-- name: GatherQuoteLinks
-- plan: custom
WITH found AS MATERIALIZED (
  SELECT {{LinkColumns}} FROM quote_links l
  WHERE l.state = $2::smallint AND {{LinkIsHeld}}
    AND (cardinality($3::smallint[]) = 0 OR l.relation = ANY ($3::smallint[]))
    AND ($8::uuid IS NULL OR l.quote_id = $8::uuid OR l.other_id = $8::uuid)
    AND ($9::int = 0 OR l.speaker_id = $9::int OR l.other_speaker_id = $9::int))
SELECT * FROM found WHERE (closeness, quote_id, other_id) > ($4::int, $5::uuid, $6::uuid)
ORDER BY closeness, quote_id, other_id
LIMIT $7::bigint;
