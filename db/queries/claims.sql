-- Claims; what they share with speakers, outlets and topics is in names.sql.

-- name: InsertClaims
INSERT INTO claims (slug, display_name, sort_name, body, changed_by, changed_via, topic_ids)
SELECT n.slug, n.display_name, n.sort_name, n.body, $5::text, $6::text, $7::int[]
FROM unnest($1::text[], $2::text[], $3::text[], $4::jsonb[]) n (slug, display_name, sort_name, body)
ON CONFLICT (slug) DO NOTHING
RETURNING id, slug;

-- Like InsertClaims, where each claim is about topics of its own: the texts of arrays.
-- name: InsertPlainClaims
INSERT INTO claims (slug, display_name, sort_name, body, changed_by, changed_via, topic_ids)
SELECT n.slug, n.display_name, n.sort_name, n.body, $5::text, $6::text, n.topic_ids::int[]
FROM unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $7::text[])
  n (slug, display_name, sort_name, body, topic_ids)
ON CONFLICT (slug) DO NOTHING
RETURNING id, slug;

-- name: UpdateClaim
-- index: claims_pkey
WITH before AS (
  INSERT INTO name_revisions (resource, revision, state, replaced_time)
  SELECT 'claims/' || r.slug, r.revision, to_jsonb(r) || jsonb_build_object('names', (
      SELECT jsonb_agg(to_jsonb(n)) FROM claim_names n WHERE n.claim_id = r.id)), statement_timestamp()
  FROM claims r WHERE r.id = $1::int)
UPDATE claims SET display_name = $2::text, sort_name = $3::text, body = $4::jsonb, changed_by = $5::text,
  changed_via = $6::text, change_reason = $7::text, topic_ids = $8::int[], revision = revision + 1,
  update_time = statement_timestamp()
WHERE id = $1::int;

-- Whether a claim is about topic $5 or one below it.
-- fragment: ClaimIsAbout
r.topic_ids && ARRAY(SELECT t.id FROM topics t WHERE t.path @> ARRAY[$5::int])

-- fragment: Stands
r.merged_into IS NULL

-- fragment: ClaimIsAboutThen
r.topic_ids && ARRAY({{TopicsBelowThen}})

-- The claim that a name of claim n.claim_id leads to.
-- fragment: ClaimLed
coalesce((SELECT m.merged_into FROM claims m WHERE m.id = n.claim_id), n.claim_id)

-- The claims that have the same truth conditions as the n-th of $1 (1), or are negations of it (-1), at the moment $2.
-- name: LinkedClaims
WITH RECURSIVE linked (place, id, sign) AS (
  SELECT w.place, w.id, 1 FROM unnest($1::int[]) WITH ORDINALITY w (id, place)
  UNION
  SELECT linked.place, step.id, linked.sign * step.sign
  FROM linked CROSS JOIN LATERAL (
    SELECT r.other_id AS id, CASE r.kind WHEN 2 THEN -1 ELSE 1 END AS sign FROM claim_relations r
    WHERE r.claim_id = linked.id AND r.kind <= 2 AND r.recorded_from <= $2::timestamptz
      AND r.recorded_to > $2::timestamptz
    UNION ALL
    SELECT r.claim_id, CASE r.kind WHEN 2 THEN -1 ELSE 1 END FROM claim_relations r
    WHERE r.other_id = linked.id AND r.kind <= 2 AND r.recorded_from <= $2::timestamptz
      AND r.recorded_to > $2::timestamptz) step)
SELECT place, id, sign FROM linked ORDER BY place, id, sign DESC;

-- Whether claim $1 is narrower than claim $2, directly or through others.
-- name: IsNarrower
WITH RECURSIVE wider (id) AS (
  SELECT $1::int
  UNION
  SELECT r.other_id FROM wider JOIN claim_relations r ON r.claim_id = wider.id
  WHERE r.kind = 5 AND r.recorded_to = 'infinity')
SELECT EXISTS (SELECT FROM wider WHERE id = $2::int);

-- Titles and slugs of claims at the moment $1.
-- name: TitlesOfClaims
-- index: claims_pkey
SELECT r.id, r.slug, CASE WHEN r.update_time <= $1::timestamptz THEN r.display_name ELSE (
    SELECT n.state->>'display_name' FROM name_revisions n
    WHERE n.resource = 'claims/' || r.slug AND n.replaced_time > $1::timestamptz ORDER BY n.revision LIMIT 1) END
FROM claims r WHERE r.id = ANY ($2::int[]);

-- Claims about topic $2 or one below it, at the moment $1.
-- name: ClaimsAbout
-- plan: custom
SELECT r.id FROM claims r
WHERE r.update_time <= $1::timestamptz AND r.merged_into IS NULL
  AND r.topic_ids && ARRAY(SELECT t.id FROM topics t WHERE t.path && $2::int[])
UNION ALL
SELECT p.id
FROM name_revisions n CROSS JOIN LATERAL jsonb_populate_record(NULL::claims, n.state) p
WHERE n.resource LIKE 'claims/%' AND n.replaced_time > $1::timestamptz AND p.update_time <= $1::timestamptz
  AND p.merged_into IS NULL AND p.topic_ids && ARRAY(SELECT t.id FROM topics t WHERE t.path && $2::int[]);

-- name: InsertRelation
INSERT INTO claim_relations (claim_id, kind, other_id, note, author, recorded_from)
SELECT $1::int, $2::smallint, $3::int, $4::text, $5::text, statement_timestamp()
ON CONFLICT (claim_id, kind, other_id) WHERE recorded_to = 'infinity' DO NOTHING;

-- name: EndRelation
-- index: claim_relations_current
UPDATE claim_relations SET recorded_to = statement_timestamp(), ended_by = $4::text, end_reason = $5::text
WHERE claim_id = $1::int AND kind = $2::smallint AND other_id = $3::int AND recorded_to = 'infinity';

-- fragment: RelationColumns
r.id, r.claim_id, r.kind, r.other_id, r.note, r.author, (extract(epoch FROM r.recorded_from) * 1000000)::bigint

-- name: GetRelation
-- index: claim_relations_current
SELECT {{RelationColumns}} FROM claim_relations r
WHERE r.claim_id = $1::int AND r.kind = $2::smallint AND r.other_id = $3::int AND r.recorded_to = 'infinity';

-- Relations of claim $2 at the moment $1, in the order of recording: $3 kinds, $4 id after which to go on, $5 rows.
-- name: ListClaimRelations
-- index: claim_relations_claim
WITH found AS MATERIALIZED (
  SELECT {{RelationColumns}} FROM claim_relations r
  WHERE (r.claim_id = $2::int OR r.other_id = $2::int) AND r.recorded_from <= $1::timestamptz
    AND r.recorded_to > $1::timestamptz AND (cardinality($3::smallint[]) = 0 OR r.kind = ANY ($3::smallint[])))
SELECT * FROM found WHERE id > $4::int ORDER BY id LIMIT $5::bigint;

-- Merging claim $1 into claim $2: its relations become the other's, except those between the two and those that the
-- other has already.
-- name: EndRelationsOf
-- index: claim_relations_current
UPDATE claim_relations SET recorded_to = statement_timestamp(), ended_by = $2::text, end_reason = 'the claim was merged'
WHERE (claim_id = $1::int OR other_id = $1::int) AND recorded_to = 'infinity'
RETURNING claim_id, kind, other_id, note;

-- What was merged into it before leads on. Both get a revision.
-- name: LeadClaims
-- index: claims_pkey
WITH before AS (
  INSERT INTO name_revisions (resource, revision, state, replaced_time)
  SELECT 'claims/' || r.slug, r.revision, to_jsonb(r) || jsonb_build_object('names', (
      SELECT jsonb_agg(to_jsonb(n)) FROM claim_names n WHERE n.claim_id = r.id)), statement_timestamp()
  FROM claims r
  WHERE r.id = $1::int OR r.merged_into = $1::int)
UPDATE claims SET merged_into = $2::int, changed_by = $3::text, changed_via = $4::text, change_reason = $5::text,
  revision = revision + 1, update_time = statement_timestamp()
WHERE id = $1::int OR merged_into = $1::int;
