-- Claims; what they share with speakers, outlets and topics is in names.sql.

-- name: InsertClaims
INSERT INTO claims (slug, display_name, sort_name, body, changed_by, changed_via, topic_ids)
SELECT n.slug, n.display_name, n.sort_name, n.body, $5::text, $6::text, $7::int[]
FROM unnest($1::text[], $2::text[], $3::text[], $4::jsonb[]) n (slug, display_name, sort_name, body)
ON CONFLICT (slug) DO NOTHING
RETURNING id, slug;

-- name: UpdateClaim
-- index: claims_pkey
WITH before AS (
  INSERT INTO name_revisions (resource, revision, state, replaced_time)
  SELECT 'claims/' || r.slug, r.revision, to_jsonb(r), statement_timestamp() FROM claims r WHERE r.id = $1::int)
UPDATE claims SET display_name = $2::text, sort_name = $3::text, body = $4::jsonb, changed_by = $5::text,
  changed_via = $6::text, change_reason = $7::text, topic_ids = $8::int[], revision = revision + 1,
  update_time = statement_timestamp()
WHERE id = $1::int;

-- Whether a claim is about topic $5 or one below it.
-- fragment: ClaimIsAbout
r.topic_ids && ARRAY(SELECT t.id FROM topics t WHERE t.path @> ARRAY[$5::int])
