-- Stances: positions of holders on claims, in versions (see db/migrations/0003_stances.sql). In every read $1 is the
-- moment asked for.

-- fragment: StanceIsHeld
st.recorded_from <= $1::timestamptz AND st.recorded_to > $1::timestamptz

-- Which stances a filter asks for: $5 claims, $6 claims with positions (claim * 16 + position), $7 positions,
-- $8 holders, $9 quotes, $10 $11 interval in which they may have been held, $12 ascribed ones too, $13 suspended ones
-- too; $2 is the number of rows and $3 $4 the key after which to go on.
-- fragment: StanceMatches
{{StanceIsHeld}}
    AND st.standing <= CASE WHEN $13::boolean THEN 2 ELSE 1 END
    AND (cardinality($5::int[]) = 0 OR st.claim_id = ANY ($5::int[]))
    AND (cardinality($6::int[]) = 0 OR st.claim_id * 16 + st.position = ANY ($6::int[]))
    AND (cardinality($7::smallint[]) = 0 OR st.position = ANY ($7::smallint[]))
    AND (cardinality($8::int[]) = 0 OR st.speaker_id = ANY ($8::int[]))
    AND (cardinality($9::uuid[]) = 0 OR st.quote_id = ANY ($9::uuid[]))
    AND ($10::int IS NULL OR st.held_to >= $10::int) AND ($11::int IS NULL OR st.held_from <= $11::int)
    AND ($12::boolean OR NOT st.ascribed)

-- fragment: StanceKey
st.quote_id, st.claim_id, st.holder_id

-- One page in the order of a walk along an index: the key is (occurred_on, quote) with claim and holder of the last row.
-- {1} and {2} are the direction, {3} what the walk goes along ({4} $14).
-- name: ListStances
-- index: {5}
-- each: Newest < DESC true true stances_occurred | Oldest > ASC true true stances_occurred | OfClaimNewest < DESC st.claim_id=$14::int true stances_claim_occurred | OfClaimOldest > ASC st.claim_id=$14::int true stances_claim_occurred | OfHolderNewest < DESC st.speaker_id=$14::int true stances_holder_occurred | OfHolderOldest > ASC st.speaker_id=$14::int true stances_holder_occurred
SELECT {{StanceKey}}, st.occurred_on FROM stances st
WHERE {3} AND {4} AND ($14::int IS NULL OR true)
    AND (st.occurred_on, st.quote_id, st.claim_id, st.holder_id)
      {1} ($3::date, ($4::text[])[1]::uuid, ($4::text[])[2]::int, ($4::text[])[3]::int)
    AND {{StanceMatches}}
ORDER BY st.occurred_on {2}, st.quote_id {2}, st.claim_id {2}, st.holder_id {2}
LIMIT $2::bigint;

-- For several claims, holders or quotes: gathered, then sorted.
-- name: GatherStances
-- plan: custom
-- each: Newest < DESC | Oldest > ASC
WITH found AS MATERIALIZED (
  SELECT {{StanceKey}}, st.occurred_on FROM stances st WHERE {{StanceMatches}})
SELECT quote_id, claim_id, holder_id, occurred_on FROM found
WHERE (occurred_on, quote_id, claim_id, holder_id)
  {1} ($3::date, ($4::text[])[1]::uuid, ($4::text[])[2]::int, ($4::text[])[3]::int)
ORDER BY occurred_on {2}, quote_id {2}, claim_id {2}, holder_id {2}
LIMIT $2::bigint;

-- What the one row reader reads, in its order.
-- fragment: StanceColumns
st.quote_id, st.claim_id, st.holder_id, st.revision, st.standing, st.position, st.strength, st.ascribed,
  st.valid_from, st.valid_to, st.valid_printed, st.valid_basis, st.note, st.held_from, st.held_to, st.occurred_on,
  st.author, st.via, st.reason, (extract(epoch FROM st.recorded_from) * 1000000)::bigint,
  CASE WHEN st.recorded_to = 'infinity' THEN 0 ELSE (extract(epoch FROM st.recorded_to) * 1000000)::bigint END,
  c.slug, CASE WHEN c.update_time <= $1::timestamptz THEN c.display_name ELSE (SELECT n.state->>'display_name'
    FROM name_revisions n WHERE n.resource = 'claims/' || c.slug AND n.replaced_time > $1::timestamptz
    ORDER BY n.revision LIMIT 1) END,
  s.slug, {{SpeakerNameThen}},
  h.slug, coalesce('speakers/' || ascriber.slug, 'outlets/' || o.slug),
  CASE WHEN st.holder_id <> 0 THEN (SELECT 'speakers/' || source.slug FROM speakers source WHERE source.id =
    CASE WHEN q.update_time <= $1::timestamptz THEN q.speaker_id ELSE (SELECT (r.state->>'speaker_id')::int
      FROM quote_revisions r WHERE r.quote_id = st.quote_id AND r.replaced_time > $1::timestamptz
      ORDER BY r.revision LIMIT 1) END) END,
  CASE WHEN st.speaker_id <> 0 THEN NULL ELSE {{DescribedThen}} END,
  left(CASE WHEN q.update_time <= $1::timestamptz THEN q.text ELSE (SELECT r.state->>'text' FROM quote_revisions r
    WHERE r.quote_id = st.quote_id AND r.replaced_time > $1::timestamptz ORDER BY r.revision LIMIT 1) END, 300),
  {{NoticesAtHand}}

-- fragment: StanceNames
JOIN claims c ON c.id = st.claim_id
LEFT JOIN speakers s ON s.id = st.speaker_id
LEFT JOIN speakers h ON h.id = st.holder_id
LEFT JOIN speakers ascriber ON ascriber.id = st.ascribed_speaker_id
LEFT JOIN outlets o ON o.id = st.ascribed_outlet_id

-- Whole stances by key, the n-th of $2, $3 and $4.
-- name: ReadStances
-- index: stances_pkey
SELECT {{StanceColumns}}
FROM unnest($2::uuid[], $3::int[], $4::int[]) wanted (quote_id, claim_id, holder_id)
JOIN stances st USING (quote_id, claim_id, holder_id)
JOIN quotes q ON q.id = st.quote_id
{{StanceNames}}
WHERE {{StanceIsHeld}};

-- All states of a stance, newest first; what it was before its claim was merged belongs to it. $5 is the time before
-- which to go on, in microseconds.
-- name: ListStanceRevisions
-- index: stances_pkey
SELECT {{StanceColumns}}
FROM stances st JOIN quotes q ON q.id = st.quote_id
{{StanceNames}}
WHERE st.quote_id = $2::uuid AND st.claim_id IN (SELECT id FROM claims WHERE id = $3::int OR merged_into = $3::int)
  AND st.holder_id = $4::int AND (extract(epoch FROM st.recorded_from) * 1000000)::bigint < $5::bigint
ORDER BY st.recorded_from DESC, st.revision DESC LIMIT $6::bigint;

-- The current states of given keys, as far as there are any; their quotes are locked.
-- name: CurrentStances
-- index: stances_current
SELECT wanted.place, st.revision, st.standing, st.position, st.strength, st.ascribed_speaker_id, st.ascribed_outlet_id,
  st.ascribed, st.valid_from, st.valid_to, st.valid_printed, st.valid_basis, st.note, st.via
FROM unnest($1::uuid[], $2::int[], $3::int[]) WITH ORDINALITY wanted (quote_id, claim_id, holder_id, place)
JOIN stances st USING (quote_id, claim_id, holder_id)
WHERE st.recorded_to = 'infinity';

-- A stance's evidence, which nobody changes until the transaction ends.
-- name: LockEvidence
-- index: quotes_pkey
SELECT id, speaker_id, state, polarity FROM quotes WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE;

-- What stances copy of their quotes: 1 while the words were said and stand, the place in time, and when they were
-- said, which ends with the earliest end of a publication where it has no end of its own.
-- fragment: CopiesOfQuotes
SELECT q.id AS quote_id, coalesce(q.speaker_id, 0) AS speaker_id, q.occurred_on, q.occurred_precision,
    q.said_from AS held_from,
    CASE WHEN q.said_to = 999999999 AND printed.held_to >= q.said_from THEN printed.held_to
      ELSE q.said_to END AS held_to,
    CASE WHEN q.state = 1 AND q.polarity = 1 THEN 1 ELSE 2 END AS standing
  FROM quotes q
  LEFT JOIN (
    SELECT a.quote_id, min(a.published_to) AS held_to FROM appearances a WHERE a.quote_id = ANY ($1::uuid[])
    GROUP BY a.quote_id) printed ON printed.quote_id = q.id
  WHERE q.id = ANY ($1::uuid[])

-- Stances as they are to be, the n-th of each array; $14 is the revision that each replaces (0: none). Their quotes
-- are locked.
-- name: PutStances
WITH copies AS MATERIALIZED (
  {{CopiesOfQuotes}}),
wanted AS MATERIALIZED (
  SELECT copies.*, w.*
  FROM unnest($2::uuid[], $3::int[], $4::int[], $5::smallint[], $6::smallint[], $7::int[], $8::int[], $9::int[],
    $10::int[], $11::text[], $12::smallint[], $13::text[], $14::int[], $15::smallint[])
    w (of_quote_id, claim_id, holder_id, position, strength, ascribed_speaker_id, ascribed_outlet_id, valid_from,
      valid_to, valid_printed, valid_basis, note, replaces, put_standing)
  JOIN copies ON copies.quote_id = w.of_quote_id),
ended AS (
  UPDATE stances st SET recorded_to = statement_timestamp() FROM wanted w
  WHERE st.quote_id = w.quote_id AND st.claim_id = w.claim_id AND st.holder_id = w.holder_id
    AND st.revision = w.replaces AND st.recorded_to = 'infinity'
  RETURNING st.quote_id)
INSERT INTO stances (quote_id, claim_id, holder_id, revision, standing, position, strength, ascribed_speaker_id,
  ascribed_outlet_id, ascribed, valid_from, valid_to, valid_printed, valid_basis, note, speaker_id, occurred_on,
  occurred_precision, held_from, held_to, author, via, reason, recorded_from)
SELECT w.quote_id, w.claim_id, w.holder_id, w.replaces + 1,
  CASE WHEN w.put_standing = 3 THEN 3 ELSE w.standing END, w.position, w.strength, nullif(w.ascribed_speaker_id, 0),
  nullif(w.ascribed_outlet_id, 0), w.holder_id <> 0 OR w.ascribed_speaker_id <> 0 OR w.ascribed_outlet_id <> 0,
  w.valid_from, w.valid_to, w.valid_printed, w.valid_basis, w.note,
  CASE WHEN w.holder_id <> 0 THEN w.holder_id ELSE w.speaker_id END, w.occurred_on, w.occurred_precision,
  CASE WHEN w.valid_from = 0 AND w.valid_to = 999999999 THEN w.held_from ELSE w.valid_from END,
  CASE WHEN w.valid_from = 0 AND w.valid_to = 999999999 THEN w.held_to ELSE w.valid_to END,
  $16::text, $17::text, $18::text, statement_timestamp()
FROM wanted w WHERE (SELECT count(*) FROM ended) >= 0;

-- After a change of quotes: the stances that rest on them follow, as versions of their own.
-- name: FollowQuotes
-- index: stances_current
WITH copies AS MATERIALIZED (
  {{CopiesOfQuotes}}),
ended AS (
  UPDATE stances st SET recorded_to = statement_timestamp() FROM copies c
  WHERE st.quote_id = c.quote_id AND st.recorded_to = 'infinity' AND st.standing <> 3
    AND (st.standing, st.occurred_on, st.occurred_precision, st.speaker_id, st.held_from, st.held_to)
      IS DISTINCT FROM (c.standing, c.occurred_on, c.occurred_precision, CASE WHEN st.holder_id <> 0 THEN st.holder_id ELSE c.speaker_id END,
      CASE WHEN st.valid_from = 0 AND st.valid_to = 999999999 THEN c.held_from ELSE st.valid_from END,
      CASE WHEN st.valid_from = 0 AND st.valid_to = 999999999 THEN c.held_to ELSE st.valid_to END)
  RETURNING st.*, c.standing AS now_standing, c.occurred_on AS now_occurred_on,
    c.occurred_precision AS now_occurred_precision, c.speaker_id AS now_speaker_id,
    c.held_from AS now_held_from, c.held_to AS now_held_to)
INSERT INTO stances (quote_id, claim_id, holder_id, revision, standing, position, strength, ascribed_speaker_id,
  ascribed_outlet_id, ascribed, valid_from, valid_to, valid_printed, valid_basis, note, speaker_id, occurred_on,
  occurred_precision, held_from, held_to, author, via, reason, recorded_from)
SELECT e.quote_id, e.claim_id, e.holder_id, e.revision + 1, e.now_standing, e.position, e.strength,
  e.ascribed_speaker_id, e.ascribed_outlet_id, e.ascribed, e.valid_from, e.valid_to, e.valid_printed, e.valid_basis,
  e.note, CASE WHEN e.holder_id <> 0 THEN e.holder_id ELSE e.now_speaker_id END, e.now_occurred_on,
  e.now_occurred_precision,
  CASE WHEN e.valid_from = 0 AND e.valid_to = 999999999 THEN e.now_held_from ELSE e.valid_from END,
  CASE WHEN e.valid_from = 0 AND e.valid_to = 999999999 THEN e.now_held_to ELSE e.valid_to END,
  e.author, e.via, 'the quote was changed', e.recorded_to
FROM ended e;

-- Merging claim $1 into claim $2. Where both have a stance of one holder from one quote, the other's stands.
-- name: EndStancesInBoth
-- plan: custom
UPDATE stances st SET recorded_to = statement_timestamp() FROM stances other
WHERE st.claim_id = $1::int AND st.recorded_to = 'infinity' AND st.standing <> 3
  AND other.claim_id = $2::int AND other.recorded_to = 'infinity' AND other.standing <> 3
  AND other.quote_id = st.quote_id AND other.holder_id = st.holder_id;

-- What was taken back on the one makes way for what stands on the other.
-- name: EndTakenBackStances
-- plan: custom
UPDATE stances other SET recorded_to = statement_timestamp() FROM stances st
WHERE st.claim_id = $1::int AND st.recorded_to = 'infinity' AND st.standing <> 3
  AND other.claim_id = $2::int AND other.recorded_to = 'infinity' AND other.standing = 3
  AND other.quote_id = st.quote_id AND other.holder_id = st.holder_id;

-- name: HighestStanceRevision
-- index: stances_claim_occurred
SELECT coalesce(max(revision), 0) FROM stances WHERE claim_id IN ($1::int, $2::int);

-- name: MoveStances
-- index: stances_claim_occurred
WITH ended AS (
  UPDATE stances SET recorded_to = statement_timestamp()
  WHERE claim_id = $1::int AND recorded_to = 'infinity' AND standing <> 3
  RETURNING *)
INSERT INTO stances (quote_id, claim_id, holder_id, revision, standing, position, strength, ascribed_speaker_id,
  ascribed_outlet_id, ascribed, valid_from, valid_to, valid_printed, valid_basis, note, speaker_id, occurred_on,
  occurred_precision, held_from, held_to, author, via, reason, recorded_from)
SELECT quote_id, $2::int, holder_id, $3::int, standing, position, strength, ascribed_speaker_id, ascribed_outlet_id,
  ascribed, valid_from, valid_to, valid_printed, valid_basis, note, speaker_id, occurred_on, occurred_precision, held_from,
  held_to, author, via, 'the claim was merged', recorded_to
FROM ended;

-- What two labels say of one pair is kept; the latest counts. A label on two stances that become one ends.
-- name: MoveLabels
WITH ended AS (
  UPDATE change_labels SET recorded_to = statement_timestamp()
  WHERE (before_claim_id = $1::int OR after_claim_id = $1::int) AND recorded_to = 'infinity'
  RETURNING *)
INSERT INTO change_labels (before_quote_id, before_claim_id, before_holder_id, after_quote_id, after_claim_id,
  after_holder_id, label, note, author, label_time, recorded_from)
SELECT before_quote_id, CASE WHEN before_claim_id = $1::int THEN $2::int ELSE before_claim_id END, before_holder_id,
  after_quote_id, CASE WHEN after_claim_id = $1::int THEN $2::int ELSE after_claim_id END, after_holder_id, label, note,
  author, label_time, recorded_to
FROM ended
WHERE before_quote_id <> after_quote_id OR before_holder_id <> after_holder_id
  OR least(before_claim_id, after_claim_id) <> least($1::int, $2::int)
  OR greatest(before_claim_id, after_claim_id) <> greatest($1::int, $2::int)
ORDER BY label_time DESC
ON CONFLICT DO NOTHING;

-- name: EndLabel
-- index: change_labels_pkey
UPDATE change_labels SET recorded_to = statement_timestamp()
WHERE before_quote_id = $1::uuid AND before_claim_id = $2::int AND before_holder_id = $3::int
  AND after_quote_id = $4::uuid AND after_claim_id = $5::int AND after_holder_id = $6::int
  AND recorded_to = 'infinity';

-- name: InsertLabel
INSERT INTO change_labels (before_quote_id, before_claim_id, before_holder_id, after_quote_id, after_claim_id,
  after_holder_id, label, note, author, label_time, recorded_from)
VALUES ($1::uuid, $2::int, $3::int, $4::uuid, $5::int, $6::int, $7::smallint, $8::text, $9::text, statement_timestamp(),
  statement_timestamp());

-- The latest first.
-- name: LabelsOf
-- index: change_labels_pkey
SELECT before_quote_id, before_claim_id, before_holder_id, after_quote_id, after_claim_id, after_holder_id, label, note,
  author
FROM change_labels
WHERE before_quote_id = ANY ($2::uuid[]) AND recorded_from <= $1::timestamptz AND recorded_to > $1::timestamptz
ORDER BY label_time DESC;

-- What lanes are made of, in their order: by holder for one claim and those linked to it ($5), or by claim and holder.
-- $2 rows, $4 claim, holder and quote after which to go on; quotes tell unnamed sources apart. $6 holders, $7 ascribed
-- ones too, $8 $9 interval in which they may have been held.
-- fragment: LaneColumns
st.claim_id, st.speaker_id, st.quote_id, st.holder_id, st.position, st.strength, st.held_from, st.held_to, st.ascribed

-- fragment: LaneMatches
{{StanceIsHeld}} AND st.standing = 1
    AND (cardinality($6::int[]) = 0 OR st.speaker_id = ANY ($6::int[]))
    AND ($7::boolean OR NOT st.ascribed)
    AND ($8::int IS NULL OR st.held_to >= $8::int) AND ($9::int IS NULL OR st.held_from <= $9::int)

-- fragment: LaneStart
($4::text[])[1]::int, ($4::text[])[2]::int, ($4::text[])[3]::uuid

-- name: LaneRowsOfClaim
-- index: stances_claim_holder
SELECT {{LaneColumns}} FROM stances st
WHERE st.claim_id = $3::int AND (cardinality($5::int[]) = 0 OR true)
  AND (st.speaker_id, st.quote_id) > (($4::text[])[2]::int, ($4::text[])[3]::uuid) AND {{LaneMatches}}
ORDER BY st.speaker_id, st.quote_id LIMIT $2::bigint;

-- name: LaneRowsOfClaims
-- plan: custom
SELECT {{LaneColumns}} FROM stances st
WHERE st.claim_id = ANY ($5::int[]) AND ($3::int IS NULL OR true)
  AND (st.speaker_id, st.quote_id) > (($4::text[])[2]::int, ($4::text[])[3]::uuid) AND {{LaneMatches}}
ORDER BY st.speaker_id, st.quote_id LIMIT $2::bigint;

-- Along the claims of the one holder $3.
-- name: LaneRowsOfHolder
-- index: stances_holder_claim
SELECT {{LaneColumns}} FROM stances st
WHERE st.speaker_id = $3::int AND (cardinality($5::int[]) = 0 OR st.claim_id = ANY ($5::int[]))
  AND (st.claim_id, st.quote_id) > (($4::text[])[1]::int,
    CASE WHEN $3::int = ($4::text[])[2]::int THEN ($4::text[])[3]::uuid
      WHEN $3::int > ($4::text[])[2]::int THEN '00000000-0000-0000-0000-000000000000'::uuid
      ELSE 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid END)
  AND {{LaneMatches}}
ORDER BY st.claim_id, st.quote_id LIMIT $2::bigint;

-- Walks through all claims, or those of $5.
-- name: LaneRowsByClaim
-- plan: custom
SELECT {{LaneColumns}} FROM stances st
WHERE (cardinality($5::int[]) = 0 OR st.claim_id = ANY ($5::int[])) AND ($3::int IS NULL OR true)
  AND (st.claim_id, st.speaker_id, st.quote_id) > ({{LaneStart}}) AND {{LaneMatches}}
ORDER BY st.claim_id, st.speaker_id, st.quote_id LIMIT $2::bigint;

-- Who said it first: stances on $3 with positions $4 that may lie before every other, the earliest end first, at most
-- $2; how many holders they have, and the earliest end.
-- name: FirstStances
-- plan: custom
WITH matching AS MATERIALIZED (
  SELECT {{StanceKey}}, st.speaker_id, st.held_from, st.held_to FROM stances st
  WHERE {{StanceIsHeld}} AND st.standing = 1 AND st.claim_id = ANY ($3::int[])
    AND st.claim_id * 16 + st.position = ANY ($4::int[]) AND ($5::boolean OR NOT st.ascribed)),
ties AS (
  SELECT * FROM matching WHERE held_from <= (SELECT min(held_to) FROM matching))
SELECT quote_id, claim_id, holder_id,
  (SELECT count(DISTINCT CASE WHEN speaker_id = 0 THEN quote_id::text ELSE speaker_id::text END) FROM ties),
  (SELECT min(held_to) FROM ties)
FROM ties ORDER BY held_to, held_from, quote_id, claim_id, holder_id LIMIT $2::bigint;

-- What each outlet printed. $1 moment, $2 outlets, $3 with ascribed stances, $4 $5 positions for and against the claim,
-- $6 $7 interval of publication, $8 claims or topics.
-- fragment: PrintedOf
printed AS MATERIALIZED (
  SELECT DISTINCT ON (coalesce(a.outlet_id, 0), a.quote_id) coalesce(a.outlet_id, 0) AS outlet_id, a.quote_id, q.kind,
    a.wording <> '' AND a.wording <> q.text AS altered, a.relay_outlet_ids <> '{}' AS relayed, a.published_from,
    a.published_to, q.occurred_on, asked.in_favor, asked.against
  FROM asked JOIN quotes q ON q.id = asked.quote_id JOIN appearances a ON a.quote_id = q.id
  WHERE q.state = 1 AND q.polarity = 1 AND a.create_time <= $1::timestamptz
    AND ($6::int IS NULL OR a.published_to >= $6::int) AND ($7::int IS NULL OR a.published_from <= $7::int)
    AND (($6::int IS NULL AND $7::int IS NULL) OR (a.published_from, a.published_to) <> (0, 999999999))
  ORDER BY 1, 2, a.published_to, a.published_from),
accounts AS (
  SELECT outlet_id, count(*) AS quotes, count(*) FILTER (WHERE kind = 1) AS direct,
    count(*) FILTER (WHERE kind = 2) AS partial, count(*) FILTER (WHERE kind = 3) AS indirect,
    count(*) FILTER (WHERE altered) AS altered, count(*) FILTER (WHERE relayed) AS relayed,
    count(*) FILTER (WHERE in_favor) AS in_favor, count(*) FILTER (WHERE against) AS against,
    min(ARRAY[published_to, published_from]) AS first_published,
    (array_agg(quote_id ORDER BY occurred_on DESC, quote_id DESC))[1:10] AS newest
  FROM printed GROUP BY outlet_id ORDER BY quotes DESC, outlet_id LIMIT $2::bigint)
SELECT r.outlet_id, o.slug, o.display_name, r.quotes, r.direct, r.partial, r.indirect, r.altered, r.relayed, r.in_favor,
  r.against, r.first_published, (SELECT count(DISTINCT quote_id) FROM printed),
  array_to_string(r.newest, ' ')
FROM accounts r LEFT JOIN outlets o ON o.id = r.outlet_id
ORDER BY r.quotes DESC, r.outlet_id

-- name: CompareOutletsOnClaim
-- plan: custom
WITH {{AskedOnClaim}},
{{PrintedOf}};

-- name: CompareOutletsOnClaim
-- plan: custom
-- each: Then - - $1
WITH {{RecordThen}},
{{AskedOnClaim}},
{{PrintedOf}};

-- fragment: AskedOnClaim
asked AS MATERIALIZED (
  SELECT st.quote_id, bool_or(st.claim_id * 16 + st.position = ANY ($4::int[])) AS in_favor,
    bool_or(st.claim_id * 16 + st.position = ANY ($5::int[])) AS against
  FROM stances st
  WHERE {{StanceIsHeld}} AND st.standing = 1 AND st.claim_id = ANY ($8::int[]) AND ($3::boolean OR NOT st.ascribed)
  GROUP BY st.quote_id)

-- name: CompareOutletsOnTopic
-- plan: custom
WITH asked AS MATERIALIZED (
  SELECT quote_id, false AS in_favor, false AS against FROM quote_topics WHERE topic_id = ANY ($8::int[])
    AND ($3::boolean OR true) AND (cardinality($4::int[]) = 0 OR cardinality($5::int[]) = 0)
  GROUP BY quote_id),
{{PrintedOf}};

-- name: CompareOutletsOnTopic
-- plan: custom
-- each: Then - - $1
WITH {{RecordThen}},
asked AS MATERIALIZED (
  SELECT q.id AS quote_id, false AS in_favor, false AS against FROM quotes q WHERE q.topic_ids && $8::int[]
    AND ($3::boolean OR true) AND (cardinality($4::int[]) = 0 OR cardinality($5::int[]) = 0)),
{{PrintedOf}};
