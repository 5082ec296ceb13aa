-- Speakers; what they share with outlets and topics is in names.sql.

-- name: AddNamesOfSpeakers
INSERT INTO speaker_names (speaker_id, text, folded, ordinal, reason, valid_from, valid_to)
SELECT * FROM unnest($1::int[], $2::text[], $3::text[], $4::int[], $5::smallint[], $6::int[], $7::int[]);

-- A name of a merged speaker leads to the one that it was merged into; who spoke for it speaks for that one.
-- fragment: SpeakerLed
coalesce((SELECT m.merged_into FROM speakers m WHERE m.id = n.speaker_id), n.speaker_id)

-- For each folded name of $1 whom it may mean between the days $2 and $3, the likeliest first, at most 20.
-- Reasons are those of ResolveReason: 1 display name, 2 other name, 3 other name not valid then, 4 role,
-- 5 speaks for whom the name means, 6 last name.
-- name: ResolveSpeakers
-- index: speaker_names_folded
WITH {{Resolved}};

-- name: ResolveSpeakers
-- plan: custom
-- each: Then speakers speaker_names speaker_id $4
WITH {{NamesThen}}, {{Resolved}};

-- fragment: Resolved
named AS MATERIALIZED (
  SELECT asked.place, coalesce(s.merged_into, s.id) AS speaker_id, n.text AS matched,
    CASE WHEN n.reason = 2 AND NOT (n.valid_from <= $3::int AND n.valid_to >= $2::int) THEN 3
         WHEN n.reason = 1 AND s.merged_into IS NOT NULL THEN 2
         ELSE n.reason END AS reason
  FROM unnest($1::text[]) WITH ORDINALITY asked (folded, place) JOIN speaker_names n ON n.folded = asked.folded
  JOIN speakers s ON s.id = n.speaker_id
  WHERE asked.folded <> ''
    AND (n.reason IN (1, 2) OR (n.reason IN (4, 6) AND n.valid_from <= $3::int AND n.valid_to >= $2::int))),
meant AS (
  SELECT place, speaker_id, matched, reason FROM named
  UNION ALL
  SELECT named.place, coalesce(s.merged_into, s.id), n.text, n.reason
  FROM named
  JOIN speakers principal ON named.speaker_id IN (principal.id, principal.merged_into)
  JOIN speaker_names n ON n.folded = 'speakers/' || principal.slug
  JOIN speakers s ON s.id = n.speaker_id
  WHERE named.reason IN (1, 2) AND n.reason = 5 AND n.valid_from <= $3::int AND n.valid_to >= $2::int),
strongest AS (
  SELECT DISTINCT ON (place, speaker_id) place, speaker_id, matched, reason FROM meant
  ORDER BY place, speaker_id, reason, matched),
ranked AS (
  SELECT s.place, s.reason, s.matched, s.speaker_id,
    row_number() OVER (PARTITION BY s.place ORDER BY s.reason, r.sort_name, r.id) AS rank
  FROM strongest s JOIN speakers r ON r.id = s.speaker_id)
SELECT {{NameColumns}}, ranked.place, ranked.reason, ranked.matched
FROM ranked JOIN speakers r ON r.id = ranked.speaker_id
WHERE ranked.rank <= 20
ORDER BY ranked.place, ranked.rank
