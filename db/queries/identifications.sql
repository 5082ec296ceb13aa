-- Who unnamed sources are said to be, in versions. What redactions must remove is deleted, not ended.

-- What a speaker was called, and a source described as, at the moment $1.
-- fragment: SpeakerNameThen
CASE WHEN s.update_time <= $1::timestamptz THEN s.display_name ELSE (SELECT n.state->>'display_name'
    FROM name_revisions n WHERE n.resource = 'speakers/' || s.slug AND n.replaced_time > $1::timestamptz
    ORDER BY n.revision LIMIT 1) END

-- fragment: DescribedThen
CASE WHEN q.update_time <= $1::timestamptz THEN q.described_as ELSE (SELECT r.state->>'described_as'
    FROM quote_revisions r WHERE r.quote_id = q.id AND r.replaced_time > $1::timestamptz
    ORDER BY r.revision LIMIT 1) END

-- fragment: IdentificationColumns
i.quote_id, s.slug, i.state, i.confidence, i.reason,
  {{SpeakerNameThen}}, {{DescribedThen}}, i.author, (extract(epoch FROM i.create_time) * 1000000)::bigint,
  (extract(epoch FROM i.recorded_from) * 1000000)::bigint, i.decision_reason, i.create_time, i.speaker_id

-- The current version of an identification.
-- name: GetIdentification
-- index: identifications_current
SELECT {{IdentificationColumns}} FROM identifications i JOIN speakers s ON s.id = i.speaker_id
JOIN quotes q ON q.id = i.quote_id
WHERE i.quote_id = $2::uuid AND i.speaker_id = $3::int AND i.recorded_to = 'infinity' AND $1::timestamptz IS NOT NULL;

-- At the moment $1, the newest first: $2 rows after the key $3 (time, quote, speaker), $4 quote, $5 speaker, $6 states.
-- name: ListIdentifications
-- index: {2}
-- each: OfAll true identifications_create_time | OfQuote i.quote_id=$4::uuid identifications_pkey | OfSpeaker i.speaker_id=$5::int identifications_speaker
WITH page AS MATERIALIZED (
  SELECT i.* FROM identifications i
  WHERE {1} AND ($4::uuid IS NULL OR i.quote_id = $4::uuid) AND ($5::int IS NULL OR i.speaker_id = $5::int)
    AND i.recorded_from <= $1::timestamptz AND i.recorded_to > $1::timestamptz
    AND (cardinality($6::smallint[]) = 0 OR i.state = ANY ($6::smallint[]))
    AND (i.create_time, i.quote_id, i.speaker_id)
      < (($3::text[])[1]::timestamptz, ($3::text[])[2]::uuid, ($3::text[])[3]::int)
  ORDER BY i.create_time DESC, i.quote_id DESC, i.speaker_id DESC LIMIT $2::bigint)
SELECT {{IdentificationColumns}} FROM page i JOIN speakers s ON s.id = i.speaker_id JOIN quotes q ON q.id = i.quote_id
ORDER BY i.create_time DESC, i.quote_id DESC, i.speaker_id DESC;

-- The quote is locked.
-- name: InsertIdentification
INSERT INTO identifications ({{IdentificationFields}})
SELECT $1::uuid, $2::int, $7::int, 1, $3::double precision, $4::text, '', $5::text, $6::text, statement_timestamp(),
  statement_timestamp()
ON CONFLICT (quote_id, speaker_id) WHERE recorded_to = 'infinity' DO NOTHING;

-- Ends the version and writes the next one, with the state $3 and why.
-- name: DecideIdentification
-- index: identifications_current
WITH ended AS (
  UPDATE identifications SET recorded_to = statement_timestamp()
  WHERE quote_id = $1::uuid AND speaker_id = $2::int AND recorded_to = 'infinity'
  RETURNING *)
INSERT INTO identifications ({{IdentificationFields}})
SELECT quote_id, speaker_id, revision + 1, $3::smallint, confidence, reason, $4::text, $5::text, $6::text, create_time,
  recorded_to
FROM ended;

-- After an edit: what was accepted and is not so any more.
-- name: RejectOthersAccepted
-- index: identifications_current
WITH ended AS (
  UPDATE identifications SET recorded_to = statement_timestamp()
  WHERE quote_id = $1::uuid AND speaker_id IS DISTINCT FROM $2::int AND state = 2 AND recorded_to = 'infinity'
  RETURNING *)
INSERT INTO identifications ({{IdentificationFields}})
SELECT quote_id, speaker_id, revision + 1, 3, confidence, reason, $3::text, $4::text, $5::text, create_time, recorded_to
FROM ended;

-- name: DeleteIdentifications
-- index: identifications_pkey
DELETE FROM identifications WHERE quote_id = $1::uuid;

-- Everybody whose quote it is or was.
-- name: SourcesOfQuote
-- index: quotes_pkey
SELECT q.speaker_id FROM quotes q WHERE q.id = $1::uuid AND q.speaker_id IS NOT NULL
UNION
SELECT (r.state->>'speaker_id')::int FROM quote_revisions r
WHERE r.quote_id = $1::uuid AND r.state->>'speaker_id' IS NOT NULL;

-- Positions that were somebody else's, until their holder turned out to be the source $2, would tell who that is.
-- name: ForgetSourceAsHolder
-- index: stances_pkey
DELETE FROM stances
WHERE quote_id = $1::uuid AND (holder_id = ANY ($2::int[]) OR ascribed_speaker_id = ANY ($2::int[]));

-- name: ForgetSourceOfLabels
-- plan: custom
DELETE FROM change_labels
WHERE (before_quote_id = $1::uuid AND before_holder_id = ANY ($2::int[]))
  OR (after_quote_id = $1::uuid AND after_holder_id = ANY ($2::int[]));
