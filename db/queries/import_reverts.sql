-- Taking imports back. $1 is the import, where nothing else is said.

-- Whoever else feeds or reverts the import waits.
-- name: LockImport
-- index: imports_pkey
SELECT state, create_time, revert_reason FROM imports WHERE id = $1::bigint FOR UPDATE;

-- name: ListToRevert
INSERT INTO to_revert (import_id, kind, id)
SELECT $1::bigint, 1, quote_id FROM (
  SELECT id AS quote_id FROM quotes WHERE import_id = $1::bigint
  UNION SELECT quote_id FROM appearances WHERE import_id = $1::bigint
  UNION SELECT quote_id FROM stances WHERE via = $2::text AND recorded_to = 'infinity' AND standing <> 3) touched
UNION ALL
SELECT $1::bigint, 2, id FROM reviews WHERE via = $2::text AND recorded_to = 'infinity' AND retract_reason = '';

-- name: BeginRevert
-- index: imports_pkey
UPDATE imports SET state = 3, touched_count = $2::bigint, revert_reason = $3::text, reverted_by = $4::text,
  update_time = now()
WHERE id = $1::bigint;

-- name: AdvanceRevert
-- index: imports_pkey
UPDATE imports SET state = CASE WHEN $2::boolean THEN 4 ELSE state END,
  retracted_count = retracted_count + $3::bigint, restored_count = restored_count + $4::bigint,
  kept_count = kept_count + $5::bigint, update_time = now()
WHERE id = $1::bigint;

-- name: NextToRevert
-- index: to_revert_pkey
SELECT kind, id FROM to_revert WHERE import_id = $1::bigint ORDER BY kind, id LIMIT $2::bigint;

-- name: DeleteToRevert
-- index: to_revert_pkey
DELETE FROM to_revert WHERE import_id = $1::bigint AND kind = $2::smallint AND id = ANY ($3::uuid[]);

-- Of quotes $2: whether the import alone stands behind it, so that it goes with the import; whether a person edited it
-- since it was brought; and whether what brought it is taken back, as this import is.
-- name: WhoseQuotes
-- index: quotes_pkey
SELECT q.id, q.state, q.import_id IS NOT DISTINCT FROM $1::bigint AND NOT EXISTS (
    SELECT FROM appearances a WHERE a.quote_id = q.id AND a.import_id IS DISTINCT FROM $1::bigint), q.edited,
  EXISTS (SELECT FROM imports i WHERE i.id = q.import_id AND i.state IN (3, 4))
FROM quotes q WHERE q.id = ANY ($2::uuid[]) ORDER BY q.id;

-- Which of the imports $1 are taken back, and when they began.
-- name: RevertedImports
-- index: imports_pkey
SELECT id, (extract(epoch FROM create_time) * 1000000)::bigint FROM imports
WHERE id = ANY ($1::bigint[]) AND state IN (3, 4);

-- What quotes $2 were without the import, whose name is $3, is what they were when it began, at $4. Those that others
-- brought, changed or printed between that and what the import did to them first, and the moment before it did.
-- name: LaterBases
-- index: quotes_pkey
WITH states AS (
  SELECT id AS quote_id, revision, changed_via, update_time AS time FROM quotes WHERE id = ANY ($2::uuid[])
  UNION ALL
  SELECT quote_id, revision, state->>'changed_via', (state->>'update_time')::timestamptz FROM quote_revisions
  WHERE quote_id = ANY ($2::uuid[])),
first AS (
  SELECT DISTINCT ON (quote_id) quote_id, revision, time FROM states WHERE changed_via = $3::text
  ORDER BY quote_id, revision)
SELECT quote_id, first.time - interval '1 microsecond' FROM first
WHERE EXISTS (
    SELECT FROM states other
    WHERE other.quote_id = first.quote_id AND other.revision < first.revision AND other.time > $4::timestamptz)
  OR EXISTS (
    SELECT FROM appearances a
    WHERE a.quote_id = first.quote_id AND a.import_id = $1::bigint
      AND a.create_time > $4::timestamptz AND a.create_time < first.time);

-- Quotes $1 are retracted.
-- name: RetractReverted
-- index: quotes_pkey
WITH before AS (
  INSERT INTO quote_revisions (quote_id, revision, state, replaced_time)
  SELECT q.id, q.revision, to_jsonb(q) - 'search', statement_timestamp() FROM quotes q WHERE q.id = ANY ($1::uuid[]))
UPDATE quotes SET state = 2, retract_reason = $2::text, action = 3, changed_by = $3::text, changed_via = $4::text,
  change_reason = $2::text, revision = revision + 1, update_time = statement_timestamp()
WHERE id = ANY ($1::uuid[]);

-- name: MarkReverted
INSERT INTO reverted (quote_id, appearance_id)
SELECT * FROM unnest($1::uuid[], $2::uuid[]) w ORDER BY 1, 2 ON CONFLICT DO NOTHING;

-- Those of quotes $1 that anybody but import $2 changed after the moments $3.
-- name: ChangedByOthers
-- index: quotes_pkey
SELECT q.id FROM unnest($1::uuid[], $3::timestamptz[]) base (id, moment) JOIN quotes q ON q.id = base.id
WHERE q.update_time > base.moment AND q.changed_via <> $2::text
UNION
SELECT r.quote_id FROM unnest($1::uuid[], $3::timestamptz[]) base (id, moment) JOIN quote_revisions r ON r.quote_id = base.id
WHERE (r.state->>'update_time')::timestamptz > base.moment AND r.state->>'changed_via' <> $2::text;

-- The printings $3 of quotes $1 that import $2 changed are those of the imports $4 that brought them.
-- name: ReturnAppearances
-- index: appearances_pkey
UPDATE appearances a SET import_id = nullif(was.import_id, 0)
FROM unnest($1::uuid[], $3::uuid[], $4::bigint[]) was (quote_id, id, import_id)
WHERE a.quote_id = was.quote_id AND a.id = was.id AND a.import_id = $2::bigint;

-- name: DeleteRawRecordsOfRemoved
-- index: raw_records_pkey
DELETE FROM raw_records r
WHERE r.quote_id = ANY ($1::uuid[]) AND r.import_id = $2::bigint AND NOT EXISTS (
  SELECT FROM appearances a WHERE a.quote_id = r.quote_id AND a.id = r.appearance_id);

-- Stances on quotes $1 that came through $2 are what they replaced, or taken back: still through $2, so that a record may
-- bring them again.
-- name: RevertStances
-- index: stances_current
WITH ended AS (
  UPDATE stances st SET recorded_to = statement_timestamp()
  WHERE st.quote_id = ANY ($1::uuid[]) AND st.recorded_to = 'infinity' AND st.via = $2::text AND st.standing <> 3
  RETURNING st.*),
was AS (
  SELECT DISTINCT ON (st.quote_id, st.claim_id, st.holder_id) st.*, st.via <> $2::text AS other
  FROM ended e JOIN stances st USING (quote_id, claim_id, holder_id)
  WHERE st.revision <= e.revision
  ORDER BY st.quote_id, st.claim_id, st.holder_id, other DESC, st.revision DESC)
INSERT INTO stances (quote_id, claim_id, holder_id, revision, standing, position, strength, ascribed_speaker_id,
  ascribed_outlet_id, ascribed, valid_from, valid_to, valid_printed, valid_basis, note, speaker_id, occurred_on,
  occurred_precision, held_from, held_to, author, via, reason, recorded_from)
SELECT e.quote_id, e.claim_id, e.holder_id, e.revision + 1,
  CASE WHEN was.other AND was.standing <> 3 THEN e.standing ELSE 3 END, was.position, was.strength,
  was.ascribed_speaker_id, was.ascribed_outlet_id, was.ascribed, was.valid_from, was.valid_to, was.valid_printed,
  was.valid_basis, was.note, e.speaker_id, e.occurred_on, e.occurred_precision, e.held_from, e.held_to,
  CASE WHEN was.other THEN was.author ELSE $3::text END, was.via, $4::text, e.recorded_to
FROM ended e JOIN was USING (quote_id, claim_id, holder_id);

-- Likewise reviews $1; one that replaced none is retracted.
-- name: RevertReviews
-- index: reviews_pkey
WITH ended AS (
  UPDATE reviews v SET recorded_to = statement_timestamp()
  WHERE v.id = ANY ($1::uuid[]) AND v.recorded_to = 'infinity' AND v.via = $2::text AND v.retract_reason = ''
  RETURNING v.*),
was AS (
  SELECT DISTINCT ON (v.id) v.*, v.via <> $2::text AS other
  FROM ended e JOIN reviews v ON v.id = e.id
  WHERE v.revision <= e.revision
  ORDER BY v.id, other DESC, v.revision DESC)
INSERT INTO reviews (id, revision, claim_id, quote_id, outlet_id, rating_text, rating_value, rating_best, rating_worst,
  verdict, url, title, reviewed_from, reviewed_to, reviewed_printed, reviewed_basis, language, note,
  retract_reason, author, via, reason, create_time, recorded_from)
SELECT e.id, e.revision + 1, e.claim_id, e.quote_id, was.outlet_id, was.rating_text, was.rating_value,
  was.rating_best, was.rating_worst, was.verdict, was.url, was.title, was.reviewed_from, was.reviewed_to,
  was.reviewed_printed, was.reviewed_basis, was.language, was.note,
  CASE WHEN was.other THEN was.retract_reason ELSE $4::text END,
  CASE WHEN was.other THEN was.author ELSE $3::text END, was.via, $4::text, e.create_time, e.recorded_to
FROM ended e JOIN was ON was.id = e.id
RETURNING retract_reason <> '';

-- For records that come after a revert.

-- What was reverted of quotes $1; the last column tells that nobody has seen to the quote since.
-- name: RevertedAmong
-- index: reverted_pkey
SELECT r.quote_id, r.appearance_id, q.state = 2 AND NOT q.edited
FROM reverted r JOIN quotes q ON q.id = r.quote_id
WHERE r.quote_id = ANY ($1::uuid[]);

-- name: DeleteReverted
-- index: reverted_pkey
DELETE FROM reverted r USING unnest($1::uuid[], $2::uuid[]) w (quote_id, appearance_id)
WHERE r.quote_id = w.quote_id AND r.appearance_id = w.appearance_id;

-- Quotes $1 that were reverted begin anew with what is staged; what they were before is a revision.
-- name: ReplaceReverted
-- index: quotes_pkey
WITH before AS (
  INSERT INTO quote_revisions (quote_id, revision, state, appearances, replaced_time)
  SELECT q.id, q.revision, to_jsonb(q) - 'search', (
      SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.published_from, a.published_to, a.id), '[]')
      FROM appearances a WHERE a.quote_id = q.id), statement_timestamp()
  FROM quotes q WHERE q.id = ANY ($1::uuid[]))
UPDATE quotes q SET speaker_id = s.speaker_id, described_as = s.described_as, source_terms = s.source_terms,
  kind = s.kind, polarity = s.polarity, state = 1, retract_reason = '', text = s.text, language = s.language,
  original_text = s.original_text, original_language = s.original_language, said_from = s.said_from,
  said_to = s.said_to, said_printed = s.said_printed, said_basis = s.said_basis, occurred_on = s.occurred_on,
  occurred_precision = s.occurred_precision, topic_ids = s.topic_ids, outlet_ids = s.outlet_ids, note = s.note,
  warnings = s.warnings, import_id = $2::bigint, action = 4, changed_by = $3::text, changed_via = $4::text,
  change_reason = '', revision = q.revision + 1, update_time = statement_timestamp()
FROM staged_quotes s
WHERE q.id = ANY ($1::uuid[]) AND s.id = q.id;

-- name: DeleteAllOf
-- each: Appearances appearances appearances_pkey | Topics quote_topics quote_topics_pkey | RawRecords raw_records raw_records_pkey
-- index: {2}
DELETE FROM {1} WHERE quote_id = ANY ($1::uuid[]);
