-- Topics; what they share with speakers and outlets is in names.sql.

-- $7 is the topic above all of them, or null; $9 is null where there is no code.
-- name: InsertTopics
WITH fresh AS MATERIALIZED (
  SELECT nextval(pg_get_serial_sequence('topics', 'id'))::int AS id, n.slug, n.display_name, n.sort_name, n.body
  FROM unnest($1::text[], $2::text[], $3::text[], $4::jsonb[]) n (slug, display_name, sort_name, body))
INSERT INTO topics (id, slug, display_name, sort_name, body, changed_by, changed_via, path, scheme, code)
SELECT id, slug, display_name, sort_name, body, $5::text, $6::text,
  coalesce((SELECT above.path FROM topics above WHERE above.id = $7::int), '{}') || id, $8::text, $9::text
FROM fresh
ON CONFLICT (slug) DO NOTHING
RETURNING id, slug;

-- name: UpdateTopic
-- index: topics_pkey
WITH before AS (
  INSERT INTO name_revisions (resource, revision, state, replaced_time)
  SELECT 'topics/' || r.slug, r.revision, to_jsonb(r) || jsonb_build_object('names', (
      SELECT jsonb_agg(to_jsonb(n)) FROM topic_names n WHERE n.topic_id = r.id)), statement_timestamp()
  FROM topics r WHERE r.id = $1::int)
UPDATE topics SET display_name = $2::text, sort_name = $3::text, body = $4::jsonb, changed_by = $5::text,
  changed_via = $6::text, change_reason = $7::text, scheme = $8::text, code = $9::text, revision = revision + 1,
  update_time = statement_timestamp()
WHERE id = $1::int;

-- Topic $1 (0: a new one) below topic $2 (null: at the top): whether it would lie below itself, on how many
-- levels its tree would end, and what is above it now.
-- name: PlaceTopic
-- index: topics_pkey
SELECT coalesce(parent.path @> ARRAY[$1::int], false),
  coalesce(cardinality(parent.path), 0) + coalesce(
    (SELECT max(cardinality(below.path)) FROM topics below WHERE below.path @> ARRAY[$1::int])
      - cardinality(moved.path) + 1, 1),
  coalesce(moved.path[:cardinality(moved.path) - 1], '{}')
FROM (SELECT) one LEFT JOIN topics parent ON parent.id = $2::int LEFT JOIN topics moved ON moved.id = $1::int;

-- The paths of topic $1 and of all below it.
-- name: MoveTopic
-- index: topics_path
UPDATE topics t
SET path = coalesce((SELECT above.path FROM topics above WHERE above.id = $2::int), '{}')
  || t.path[cardinality(moved.path):]
FROM topics moved
WHERE moved.id = $1::int AND t.path @> ARRAY[$1::int];

-- Every quote about the moved topic $1 or one below it has a row for it: these find the quotes. First they leave
-- the topics that were above, then they join all that are now above any of their topics.
-- name: LeaveTopics
-- index: quote_topics_topic_occurred
DELETE FROM quote_topics old USING quote_topics moved
WHERE moved.topic_id = $1::int AND old.quote_id = moved.quote_id AND old.topic_id = ANY ($2::int[]);

-- name: JoinTopics
-- index: quote_topics_topic_occurred
{{InsertTopics}}
FROM quote_topics moved
JOIN quotes q ON q.id = moved.quote_id
JOIN topics t ON t.id = ANY (q.topic_ids)
CROSS JOIN unnest(t.path) above (id)
WHERE moved.topic_id = $1::int
ON CONFLICT (quote_id, topic_id) DO NOTHING;

-- The topics {9} and all that were below them at the moment {4}. Only a topic's own parent has revisions, paths do not.
-- fragment: TopicsBelowThen
WITH RECURSIVE placed AS MATERIALIZED (
  SELECT t.id, 'topics/' || t.slug AS name,
    CASE WHEN t.update_time <= {4}::timestamptz THEN t.body->>'parent' ELSE (
      SELECT n.state->'body'->>'parent' FROM name_revisions n
      WHERE n.resource = 'topics/' || t.slug AND n.replaced_time > {4}::timestamptz ORDER BY n.revision LIMIT 1)
    END AS parent
  FROM topics t),
below AS (
  SELECT id, name FROM placed WHERE id = ANY ({9})
  UNION
  SELECT placed.id, placed.name FROM below JOIN placed ON placed.parent = below.name)
SELECT id FROM below

-- name: TopicsBelow
-- plan: custom
-- each: Then - - - $2 - - - - $1::int[]
{{TopicsBelowThen}};

-- fragment: TopicIsBelowThen
r.body->>'parent' = (SELECT 'topics/' || above.slug FROM topics above WHERE above.id = $5::int)
