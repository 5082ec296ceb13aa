-- Merging and splitting speakers. What moves is gathered in tables that last as long as the transaction; then a few
-- statements move it, however much it is. All of it happens at one moment, when nobody else writes.

-- name: MakeMovedQuotes
CREATE TEMP TABLE IF NOT EXISTS moved_quotes (id uuid PRIMARY KEY) ON COMMIT DELETE ROWS;

-- name: MakeMovedStances
CREATE TEMP TABLE IF NOT EXISTS moved_stances (
  quote_id uuid, claim_id int, holder_id int, revision int, new_holder_id int, new_speaker_id int,
  new_ascribed_speaker_id int, new_ascribed boolean, kept boolean, was_taken_back boolean) ON COMMIT DELETE ROWS;

-- name: MakeRestoredStances
CREATE TEMP TABLE IF NOT EXISTS restored_stances (
  quote_id uuid, claim_id int, holder_id int, revision int) ON COMMIT DELETE ROWS;

-- After everything that was written before, which waited for the same lock.
-- name: MomentOfMove
SELECT statement_timestamp()::text;

-- name: MoveAllOf
-- index: quotes_speaker_occurred
INSERT INTO moved_quotes (id) SELECT id FROM quotes WHERE speaker_id = $1::int;

-- name: MoveThese
INSERT INTO moved_quotes (id) SELECT DISTINCT id FROM unnest($1::uuid[]) id ON CONFLICT DO NOTHING;

-- What the merge of speaker $1 at the moment $2 moved and is still of speaker $3.
-- name: MoveBack
-- plan: custom
INSERT INTO moved_quotes (id)
SELECT r.quote_id FROM quote_revisions r JOIN quotes q ON q.id = r.quote_id
WHERE r.replaced_time = $2::timestamptz AND (r.state->>'speaker_id')::int = $1::int AND q.speaker_id = $3::int
ON CONFLICT DO NOTHING;

-- A quote's words and dates as they were recorded first.
-- fragment: FirstState
s.id, coalesce(first.state->>'text', s.text), coalesce((first.state->>'said_from')::int, s.said_from),
  coalesce((first.state->>'said_to')::int, s.said_to)

-- name: FirstStatesOfQuotes
-- index: quotes_pkey
SELECT {{FirstState}}
FROM quotes s LEFT JOIN quote_revisions first ON first.quote_id = s.id AND first.revision = 1
WHERE s.id = ANY ($1::uuid[]);

-- Quotes of speaker $1 that may have been recorded after the moment $2 and were never of others than $5; $4 rows after
-- the id $3. A batch of an import that waited for a merge bears a time before it.
-- name: RecordedSince
-- index: quotes_speaker_occurred
WITH since AS MATERIALIZED (
  SELECT q.id, q.text, q.said_from, q.said_to FROM quotes q
  WHERE q.speaker_id = $1::int AND q.create_time > $2::timestamptz - interval '1 day' AND q.id > $3::uuid
    AND NOT EXISTS (SELECT FROM quote_revisions r
      WHERE r.quote_id = q.id AND coalesce((r.state->>'speaker_id')::int, 0) <> ALL ($5::int[]))
  ORDER BY q.id LIMIT $4::bigint)
SELECT {{FirstState}}
FROM since s LEFT JOIN quote_revisions first ON first.quote_id = s.id AND first.revision = 1
ORDER BY s.id;

-- Names, folded, by which only speakers $1 are found, and none of the others that are or lead to speaker $2.
-- name: NamesOnlyOf
-- plan: custom
SELECT DISTINCT n.folded FROM speaker_names n
WHERE n.speaker_id = ANY ($1::int[]) AND n.reason < 3 AND NOT EXISTS (
  SELECT FROM speaker_leads other WHERE other.folded = n.folded AND other.reason < 3 AND other.speaker_id = $2::int)
UNION
SELECT 'speakers/' || slug FROM speakers WHERE id = ANY ($1::int[]);

-- Whether the quotes $1 exist and are of speaker $2.
-- name: CheckMoved
-- index: quotes_pkey
SELECT w.place, q.id IS NOT NULL FROM unnest($1::uuid[]) WITH ORDINALITY w (id, place) LEFT JOIN quotes q ON q.id = w.id
WHERE q.speaker_id IS DISTINCT FROM $2::int ORDER BY w.place LIMIT 20;

-- Which of the folded names $1 are names of speakers that were merged into speaker $2, and of whom.
-- name: NamesOfMerged
-- index: speakers_merged_into
SELECT w.place, min(s.slug)
FROM speakers s JOIN speaker_names n ON n.speaker_id = s.id AND n.reason < 3
JOIN unnest($1::text[]) WITH ORDINALITY w (folded, place) ON w.folded = n.folded
WHERE s.merged_into = $2::int GROUP BY w.place;

-- From speaker $1 to speaker $2 at the moment $3: the state before goes to the revisions. It is no edit by a person:
-- imports go on with the quotes.
-- name: MoveQuotes
WITH before AS (
  INSERT INTO quote_revisions (quote_id, revision, state, replaced_time)
  SELECT q.id, q.revision, to_jsonb(q) - 'search', $3::timestamptz
  FROM moved_quotes m JOIN quotes q ON q.id = m.id WHERE q.speaker_id = $1::int)
UPDATE quotes q SET speaker_id = $2::int, action = 2, changed_by = $4::text, changed_via = $5::text,
  change_reason = $6::text, revision = q.revision + 1, update_time = $3::timestamptz
FROM moved_quotes m WHERE q.id = m.id AND q.speaker_id = $1::int;

-- name: MoveTopics
UPDATE quote_topics t SET speaker_id = $1::int FROM moved_quotes m WHERE t.quote_id = m.id;

-- name: MoveWordings
UPDATE quote_wordings w SET speaker_id = $1::int FROM moved_quotes m WHERE w.quote_id = m.id;

-- name: QueueMoved
INSERT INTO quotes_to_match (quote_id) SELECT id FROM moved_quotes;

-- Stances on what moved, and those that speaker $1 holds or ascribes, which become speaker $2's (both 0: nobody's). The
-- source's own position has the holder 0, and nobody ascribes a position to himself. Where two positions become one,
-- what stands counts more than what was taken back, and what was there more than what comes.
-- name: GatherMovedStances
INSERT INTO moved_stances (quote_id, claim_id, holder_id, revision, new_holder_id, new_speaker_id,
  new_ascribed_speaker_id, new_ascribed, kept, was_taken_back)
WITH touched AS (
  SELECT st.quote_id, st.claim_id FROM moved_quotes m JOIN stances st ON st.quote_id = m.id
  WHERE st.recorded_to = 'infinity'
  UNION
  SELECT quote_id, claim_id FROM stances WHERE speaker_id = $1::int AND $1::int <> 0 AND recorded_to = 'infinity'
  UNION
  SELECT quote_id, claim_id FROM stances WHERE ascribed_speaker_id = $1::int AND recorded_to = 'infinity'),
led AS (
  SELECT st.*, coalesce(q.speaker_id, 0) AS source_id,
    CASE WHEN st.holder_id = $1::int THEN $2::int ELSE st.holder_id END AS led_holder_id,
    CASE WHEN st.ascribed_speaker_id = $1::int THEN $2::int ELSE st.ascribed_speaker_id END AS led_ascribed_speaker_id
  FROM touched JOIN stances st USING (quote_id, claim_id) JOIN quotes q ON q.id = st.quote_id
  WHERE st.recorded_to = 'infinity'),
held AS (
  SELECT led.*, CASE WHEN led_holder_id = source_id THEN 0 ELSE led_holder_id END AS new_holder_id,
    CASE WHEN led_holder_id = 0 THEN source_id ELSE led_holder_id END AS new_speaker_id
  FROM led),
told AS (
  SELECT held.*, nullif(nullif(led_ascribed_speaker_id, new_speaker_id),
    CASE WHEN new_holder_id <> 0 THEN source_id END) AS new_ascribed_speaker_id
  FROM held),
ranked AS (
  SELECT told.*,
    new_holder_id <> 0 OR new_ascribed_speaker_id IS NOT NULL OR ascribed_outlet_id IS NOT NULL AS new_ascribed,
    row_number() OVER (PARTITION BY quote_id, claim_id, new_holder_id
      ORDER BY standing = 3, holder_id <> new_holder_id, holder_id) = 1 AS kept
  FROM told)
SELECT quote_id, claim_id, holder_id, revision, new_holder_id, new_speaker_id, new_ascribed_speaker_id, new_ascribed,
  kept, standing = 3
FROM ranked
WHERE NOT kept OR (holder_id, speaker_id, ascribed_speaker_id, ascribed)
  IS DISTINCT FROM (new_holder_id, new_speaker_id, new_ascribed_speaker_id, new_ascribed);

-- How many gave way, and a revision that none of them has had.
-- name: CountMovedStances
SELECT (SELECT count(*) FROM moved_stances WHERE NOT kept AND NOT was_taken_back),
  coalesce(max(st.revision), 0) + 1
FROM moved_stances m JOIN stances st USING (quote_id, claim_id);

-- name: EndMovedStances
UPDATE stances st SET recorded_to = $1::timestamptz FROM moved_stances m
WHERE st.quote_id = m.quote_id AND st.claim_id = m.claim_id AND st.holder_id = m.holder_id
  AND st.revision = m.revision;

-- What every version keeps of the one before it.
-- fragment: KeptOfStance
st.position, st.strength, st.ascribed_outlet_id, st.valid_from, st.valid_to, st.valid_printed, st.valid_basis, st.note,
  st.occurred_on, st.occurred_precision, st.held_from, st.held_to, st.standing, st.author, st.via

-- fragment: StanceInsert
INSERT INTO stances (quote_id, claim_id, holder_id, revision, speaker_id, ascribed_speaker_id, ascribed, position,
  strength, ascribed_outlet_id, valid_from, valid_to, valid_printed, valid_basis, note, occurred_on,
  occurred_precision, held_from, held_to, standing, author, via, reason, recorded_from)

-- name: InsertMovedStances
{{StanceInsert}}
SELECT st.quote_id, st.claim_id, m.new_holder_id, $2::int, m.new_speaker_id, m.new_ascribed_speaker_id, m.new_ascribed,
  {{KeptOfStance}}, $3::text, $1::timestamptz
FROM moved_stances m JOIN stances st USING (quote_id, claim_id, holder_id, revision) WHERE m.kept;

-- Labels on stances that have another key from now on; one on two stances that became one ends.
-- name: MoveLabelsOfStances
-- plan: custom
WITH ended AS (
  UPDATE change_labels l SET recorded_to = $1::timestamptz
  WHERE l.recorded_to = 'infinity' AND EXISTS (
    SELECT FROM moved_stances m WHERE m.holder_id <> m.new_holder_id AND (m.quote_id, m.claim_id, m.holder_id) IN (
      (l.before_quote_id, l.before_claim_id, l.before_holder_id), (l.after_quote_id, l.after_claim_id, l.after_holder_id)))
  RETURNING *),
moved AS (
  SELECT e.*, coalesce(b.new_holder_id, e.before_holder_id) AS new_before, coalesce(a.new_holder_id, e.after_holder_id)
    AS new_after
  FROM ended e
  LEFT JOIN moved_stances b ON (b.quote_id, b.claim_id, b.holder_id)
    = (e.before_quote_id, e.before_claim_id, e.before_holder_id)
  LEFT JOIN moved_stances a ON (a.quote_id, a.claim_id, a.holder_id)
    = (e.after_quote_id, e.after_claim_id, e.after_holder_id))
{{LabelInsert}}
SELECT before_quote_id, before_claim_id, new_before, after_quote_id, after_claim_id, new_after, label, note, author,
  label_time, recorded_to
FROM moved
WHERE (before_quote_id, before_claim_id, new_before) <> (after_quote_id, after_claim_id, new_after)
ORDER BY label_time DESC
ON CONFLICT DO NOTHING;

-- fragment: LabelInsert
INSERT INTO change_labels (before_quote_id, before_claim_id, before_holder_id, after_quote_id, after_claim_id,
  after_holder_id, label, note, author, label_time, recorded_from)

-- Undoing the merge of speaker $1 at the moment $2: stances that it ended, where nobody has changed since what it made
-- of them.
-- name: GatherRestoredStances
INSERT INTO restored_stances (quote_id, claim_id, holder_id, revision)
WITH touched AS (
  SELECT st.quote_id, st.claim_id FROM moved_quotes m JOIN stances st ON st.quote_id = m.id
  WHERE st.recorded_to = $2::timestamptz
  UNION
  SELECT quote_id, claim_id FROM stances WHERE speaker_id = $1::int AND recorded_to = $2::timestamptz
  UNION
  SELECT quote_id, claim_id FROM stances WHERE ascribed_speaker_id = $1::int AND recorded_to = $2::timestamptz)
SELECT was.quote_id, was.claim_id, was.holder_id, was.revision
FROM touched JOIN stances was USING (quote_id, claim_id)
WHERE was.recorded_to = $2::timestamptz AND NOT EXISTS (
  SELECT FROM stances since WHERE since.quote_id = was.quote_id AND since.claim_id = was.claim_id
    AND since.recorded_from = $2::timestamptz AND since.recorded_to <> 'infinity');

-- name: HighestRestoredStance
SELECT coalesce(max(st.revision), 0) + 1 FROM restored_stances r JOIN stances st USING (quote_id, claim_id);

-- name: EndMergedStances
UPDATE stances st SET recorded_to = $1::timestamptz
FROM (SELECT DISTINCT quote_id, claim_id FROM restored_stances) r
WHERE st.quote_id = r.quote_id AND st.claim_id = r.claim_id AND st.recorded_from = $2::timestamptz
  AND st.recorded_to = 'infinity';

-- name: InsertRestoredStances
{{StanceInsert}}
SELECT st.quote_id, st.claim_id, st.holder_id, $2::int, st.speaker_id, st.ascribed_speaker_id, st.ascribed,
  {{KeptOfStance}}, $3::text, $1::timestamptz
FROM restored_stances r JOIN stances st USING (quote_id, claim_id, holder_id, revision)
ON CONFLICT (quote_id, claim_id, holder_id) WHERE recorded_to = 'infinity' DO NOTHING;

-- $1 now, $2 the moment of the merge.
-- name: RestoreLabels
-- plan: custom
WITH was AS MATERIALIZED (
  SELECT l.* FROM change_labels l
  WHERE l.recorded_to = $2::timestamptz AND EXISTS (
    SELECT FROM restored_stances r WHERE (r.quote_id, r.claim_id, r.holder_id) IN (
      (l.before_quote_id, l.before_claim_id, l.before_holder_id), (l.after_quote_id, l.after_claim_id, l.after_holder_id)))),
ended AS (
  UPDATE change_labels l SET recorded_to = $1::timestamptz FROM was
  WHERE l.recorded_from = $2::timestamptz AND l.recorded_to = 'infinity' AND l.before_quote_id = was.before_quote_id
    AND l.before_claim_id = was.before_claim_id AND l.after_quote_id = was.after_quote_id
    AND l.after_claim_id = was.after_claim_id)
{{LabelInsert}}
SELECT before_quote_id, before_claim_id, before_holder_id, after_quote_id, after_claim_id, after_holder_id, label, note,
  author, label_time, $1::timestamptz
FROM was ORDER BY label_time DESC
ON CONFLICT DO NOTHING;

-- name: RestoredStanceQuotes
SELECT DISTINCT quote_id FROM restored_stances;

-- Where both were named for one source, what was accepted counts, and else what was said of speaker $2.
-- name: EndMovedIdentifications
-- index: identifications_speaker
UPDATE identifications i SET recorded_to = $3::timestamptz
WHERE i.recorded_to = 'infinity' AND (i.speaker_id = $1::int OR (i.speaker_id = $2::int AND EXISTS (
  SELECT FROM identifications other WHERE other.quote_id = i.quote_id AND other.speaker_id = $1::int
    AND other.recorded_to = 'infinity')));

-- Of quotes that move alone: they go to whom the quote goes.
-- name: EndIdentificationsOfMoved
-- index: identifications_speaker
UPDATE identifications i SET recorded_to = $2::timestamptz FROM moved_quotes m
WHERE i.quote_id = m.id AND i.speaker_id = $1::int AND i.state = 2 AND i.recorded_to = 'infinity';

-- name: InsertMovedIdentifications
-- index: identifications_speaker
INSERT INTO identifications ({{IdentificationFields}})
SELECT DISTINCT ON (i.quote_id) i.quote_id, $2::int, $4::int, i.state, i.confidence, i.reason, i.decision_reason,
  i.author, i.via, i.create_time, $3::timestamptz
FROM identifications i
WHERE i.speaker_id IN ($1::int, $2::int) AND i.recorded_to = $3::timestamptz
ORDER BY i.quote_id, i.state = 2 DESC, i.speaker_id = $2::int DESC
ON CONFLICT DO NOTHING;

-- A revision that no identification of these speakers has had.
-- name: HighestIdentification
-- index: identifications_speaker
SELECT coalesce(max(revision), 0) + 1 FROM identifications WHERE speaker_id = ANY ($1::int[]);

-- fragment: IdentificationFields
quote_id, speaker_id, revision, state, confidence, reason, decision_reason, author, via, create_time, recorded_from

-- Undoing a merge of speaker $1 into speaker $2 at the moment $4: as they were, where nothing was decided since.
-- name: EndMergedIdentifications
-- index: identifications_speaker
UPDATE identifications i SET recorded_to = $3::timestamptz
WHERE i.speaker_id = $2::int AND i.recorded_from = $4::timestamptz AND i.recorded_to = 'infinity' AND EXISTS (
  SELECT FROM identifications was WHERE was.quote_id = i.quote_id AND was.speaker_id = $1::int
    AND was.recorded_to = $4::timestamptz);

-- name: RestoreIdentifications
-- index: identifications_speaker
INSERT INTO identifications ({{IdentificationFields}})
SELECT i.quote_id, i.speaker_id, $5::int, i.state, i.confidence, i.reason, i.decision_reason, i.author, i.via,
  i.create_time, $3::timestamptz
FROM identifications i
WHERE i.speaker_id IN ($1::int, $2::int) AND i.recorded_to = $4::timestamptz AND EXISTS (
  SELECT FROM identifications ended WHERE ended.quote_id = i.quote_id AND ended.speaker_id = $2::int
    AND ended.recorded_from = $4::timestamptz AND ended.recorded_to = $3::timestamptz);

-- What was merged into speaker $1 before leads on to speaker $2. All get a revision at the moment $3.
-- name: LeadSpeakers
-- index: speakers_pkey
WITH before AS (
  INSERT INTO name_revisions (resource, revision, state, replaced_time)
  SELECT 'speakers/' || r.slug, r.revision, to_jsonb(r) || jsonb_build_object('names', (
      SELECT jsonb_agg(to_jsonb(n)) FROM speaker_names n WHERE n.speaker_id = r.id)), $3::timestamptz
  FROM speakers r WHERE r.id = ANY ($1::int[]))
UPDATE speakers r SET merged_into = nullif($2::int, r.id), changed_by = $4::text, changed_via = $5::text,
  change_reason = $6::text, revision = r.revision + 1, update_time = $3::timestamptz
WHERE r.id = ANY ($1::int[]);

-- A speaker with all that were merged into it, or into one of those.
-- name: MergedThrough
WITH RECURSIVE through (id) AS (
  SELECT $1::int
  UNION
  SELECT m.speaker_id FROM through JOIN speaker_moves m ON m.other_id = through.id
  WHERE m.action = 1 AND NOT m.undone)
SELECT id FROM through;

-- The merges that lead from speaker $1 to where its name leads now, in order.
-- name: MergesFrom
WITH RECURSIVE merges (id, other_id, moved_time, added, place) AS (
  SELECT m.id, m.other_id, m.moved_time, m.added, 1 FROM speaker_moves m
  WHERE m.speaker_id = $1::int AND m.action = 1 AND NOT m.undone
  UNION ALL
  SELECT m.id, m.other_id, m.moved_time, m.added, merges.place + 1
  FROM merges JOIN speaker_moves m ON m.speaker_id = merges.other_id
  WHERE m.action = 1 AND NOT m.undone)
SELECT m.id, m.other_id, m.moved_time::text, m.added, s.slug FROM merges m JOIN speakers s ON s.id = m.other_id
ORDER BY m.place;

-- name: UndoMerge
-- index: speaker_moves_pkey
UPDATE speaker_moves SET undone = true WHERE id = $1::bigint;

-- name: InsertSpeakerMove
INSERT INTO speaker_moves (action, speaker_id, other_id, moved_time, added, quote_count, replaced_stance_count)
VALUES ($1::smallint, $2::int, $3::int, $4::timestamptz, $5::text, $6::bigint, $7::bigint);

-- What the latest such move of the speaker called $2 did.
-- name: LatestSpeakerMove
-- index: speakers_slug_key
SELECT m.quote_count, m.replaced_stance_count FROM speakers s JOIN speaker_moves m ON m.speaker_id = s.id
WHERE s.slug = $2::text AND m.action = $1::smallint ORDER BY m.id DESC LIMIT 1;

-- The speaker called so, merged or not.
-- name: LockSpeakerItself
-- index: speakers_slug_key
SELECT {{NameColumns}}, coalesce(r.merged_into, 0) FROM speakers r WHERE r.slug = $1::text FOR NO KEY UPDATE;
