-- What speakers, outlets, topics and claims have in common; each block makes one statement per table
-- ("GetSpeaker" ...).
-- {1} is the table, {2} the table of its names, {3} the column there that refers to it.

-- fragment: NameColumns
r.id, r.slug, r.display_name, r.body, r.revision, (extract(epoch FROM r.create_time) * 1000000)::bigint,
  (extract(epoch FROM r.update_time) * 1000000)::bigint

-- The name of a merged claim or speaker leads to the one it was merged into.
-- fragment: IsCalled
r.slug = $1::text

-- fragment: ClaimIsCalled
r.id = (SELECT coalesce(m.merged_into, m.id) FROM claims m WHERE m.slug = $1::text)

-- fragment: SpeakerIsCalled
r.id = (SELECT coalesce(m.merged_into, m.id) FROM speakers m WHERE m.slug = $1::text)

-- What names lead to at the moment $2: those of a merged claim or speaker to the other from the merge on.
-- name: NamesLeadTo
-- each: Claims claims | Speakers speakers
-- index: {1}_slug_key
SELECT w.place, coalesce(CASE WHEN r.update_time <= $2::timestamptz THEN r.merged_into ELSE (
    SELECT (n.state->>'merged_into')::int FROM name_revisions n
    WHERE n.resource = '{1}/' || r.slug AND n.replaced_time > $2::timestamptz ORDER BY n.revision LIMIT 1) END, r.id)
FROM unnest($1::text[]) WITH ORDINALITY w (slug, place) JOIN {1} r ON r.slug = w.slug;

-- name: Get
-- each: Speaker speakers {{SpeakerIsCalled}} | Outlet outlets {{IsCalled}} | Topic topics {{IsCalled}} | Claim claims {{ClaimIsCalled}}
-- index: {1}_slug_key
SELECT {{NameColumns}} FROM {1} r WHERE {2};

-- What a table and its names held at the moment {4}; they stand in for the tables. (Of topics' paths only today's are
-- known: see TopicsBelow.)
-- fragment: NamesThen
{2} AS NOT MATERIALIZED (
  SELECT n.* FROM {2} n WHERE (SELECT r.update_time FROM {1} r WHERE r.id = n.{3}) <= {4}::timestamptz
  UNION ALL
  SELECT n.* FROM name_revisions s CROSS JOIN LATERAL jsonb_populate_recordset(NULL::{2}, s.state->'names') n
  WHERE s.resource LIKE '{1}/%' AND s.replaced_time > {4}::timestamptz
    AND (s.state->>'update_time')::timestamptz <= {4}::timestamptz),
{1} AS NOT MATERIALIZED (
  SELECT r.* FROM {1} r WHERE r.update_time <= {4}::timestamptz
  UNION ALL
  SELECT r.* FROM name_revisions s CROSS JOIN LATERAL jsonb_populate_record(NULL::{1}, s.state) r
  WHERE s.resource LIKE '{1}/%' AND s.replaced_time > {4}::timestamptz AND r.update_time <= {4}::timestamptz)

-- name: Get
-- plan: custom
-- each: SpeakerThen speakers speaker_names speaker_id $2 {{SpeakerIsCalled}} | OutletThen outlets outlet_names outlet_id $2 {{IsCalled}} | TopicThen topics topic_names topic_id $2 {{IsCalled}} | ClaimThen claims claim_names claim_id $2 {{ClaimIsCalled}}
WITH {{NamesThen}}
SELECT {{NameColumns}} FROM {1} r WHERE {5};

-- Before a change: whoever else changes the row waits until ours is done.
-- name: Lock
-- each: Speaker speakers {{SpeakerIsCalled}} | Outlet outlets {{IsCalled}} | Topic topics {{IsCalled}} | Claim claims {{ClaimIsCalled}}
-- index: {1}_slug_key
SELECT {{NameColumns}} FROM {1} r WHERE {2} FOR NO KEY UPDATE;

-- fragment: BeginsLike
' ' || translate(unaccent(n.folded), '-''', ' ') LIKE '% ' || translate(unaccent($4::text), '-''', ' ') || '%'

-- $1 rows, $2 $3 key after which to go on, $4 folded beginning of a name or word with LIKE's signs escaped (empty:
-- all), $5 topic that topics are directly below, or claims about (0: any). Accents, hyphens and apostrophes do not
-- matter. {4} tells names from the other things that the table holds.
-- name: List
-- each: Speakers speakers speaker_leads speaker_id n.reason<3 false {{Stands}} | Outlets outlets outlet_names outlet_id true false true | Topics topics topic_names topic_id true r.path[cardinality(r.path)-1]=$5::int true | Claims claims claim_leads claim_id true {{ClaimIsAbout}} {{Stands}}
-- index: {1}_sort_name_id
SELECT {{NameColumns}}, r.sort_name FROM {1} r
WHERE (r.sort_name, r.id) > ($2::text, $3::int)
  AND ($4::text = '' OR EXISTS (
    SELECT FROM {2} n
    WHERE n.{3} = r.id AND {4} AND {{BeginsLike}}))
  AND ($5::int = 0 OR {5}) AND {6}
ORDER BY r.sort_name, r.id
LIMIT $1::bigint;

-- The same at the moment $6; {8} is what a name belongs to, {9} the topic that claims are about.
-- name: List
-- plan: custom
-- each: SpeakersThen speakers speaker_names speaker_id $6 n.reason<3 false {{Stands}} {{SpeakerLed}} | OutletsThen outlets outlet_names outlet_id $6 true false true n.outlet_id | TopicsThen topics topic_names topic_id $6 true {{TopicIsBelowThen}} true n.topic_id | ClaimsThen claims claim_names claim_id $6 true {{ClaimIsAboutThen}} {{Stands}} {{ClaimLed}} ARRAY[$5::int]
WITH {{NamesThen}}
SELECT {{NameColumns}}, r.sort_name FROM {1} r
WHERE (r.sort_name, r.id) > ($2::text, $3::int)
  AND ($4::text = '' OR EXISTS (
    SELECT FROM {2} n
    WHERE {8} = r.id AND {5} AND {{BeginsLike}}))
  AND ($5::int = 0 OR {6}) AND {7}
ORDER BY r.sort_name, r.id
LIMIT $1::bigint;

-- Whom printed names mean: for place n the id and how many share the name. $1 holds folded names, $2 slugs; in
-- each place one of them is empty.
-- name: Match
-- each: Speakers speakers speaker_leads speaker_id n.reason<3 speaker_names_folded coalesce(r.merged_into,r.id) | Outlets outlets outlet_names outlet_id true outlet_names_pkey r.id | Topics topics topic_names topic_id true topic_names_folded r.id | Claims claims claim_leads claim_id true claim_names_folded coalesce(r.merged_into,r.id)
-- index: {5}
SELECT w.place, min(n.{3}), count(DISTINCT n.{3})
FROM unnest($1::text[]) WITH ORDINALITY w (folded, place) JOIN {2} n ON n.folded = w.folded AND {4}
WHERE w.folded <> ''
GROUP BY w.place
UNION ALL
SELECT w.place, {6}, 1
FROM unnest($2::text[]) WITH ORDINALITY w (slug, place) JOIN {1} r ON r.slug = w.slug;

-- Ids in use that begin like the wanted ones: "ada", "ada-2" ... ('.' follows '-' in the order of characters.)
-- name: TakenSlugsOf
-- each: Speakers speakers | Outlets outlets | Topics topics | Claims claims
-- index: {1}_slug_key
SELECT taken.slug
FROM unnest($1::text[]) wanted (slug)
CROSS JOIN LATERAL (
  SELECT r.slug FROM {1} r WHERE r.slug = wanted.slug
  UNION ALL
  SELECT r.slug FROM {1} r
  WHERE r.slug > wanted.slug || '-' AND r.slug < wanted.slug || '.'
    AND substr(r.slug, length(wanted.slug) + 2) ~ '^[0-9]+$') taken;

-- name: Insert
-- each: Speakers speakers | Outlets outlets
INSERT INTO {1} (slug, display_name, sort_name, body, changed_by, changed_via)
SELECT n.slug, n.display_name, n.sort_name, n.body, $5::text, $6::text
FROM unnest($1::text[], $2::text[], $3::text[], $4::jsonb[]) n (slug, display_name, sort_name, body)
ON CONFLICT (slug) DO NOTHING
RETURNING id, slug;

-- The row's state before the change goes to the revisions in the same statement, with what it was found by.
-- name: Update
-- each: Speaker speakers speaker_names speaker_id | Outlet outlets outlet_names outlet_id
-- index: {1}_pkey
WITH before AS (
  INSERT INTO name_revisions (resource, revision, state, replaced_time)
  SELECT '{1}/' || r.slug, r.revision, to_jsonb(r) || jsonb_build_object('names', (
      SELECT jsonb_agg(to_jsonb(n)) FROM {2} n WHERE n.{3} = r.id)), statement_timestamp()
  FROM {1} r WHERE r.id = $1::int)
UPDATE {1} SET display_name = $2::text, sort_name = $3::text, body = $4::jsonb, changed_by = $5::text,
  changed_via = $6::text, change_reason = $7::text, revision = revision + 1, update_time = statement_timestamp()
WHERE id = $1::int;

-- name: RemoveNamesOf
-- each: Speaker speaker_names speaker_id speaker_names_pkey | Outlet outlet_names outlet_id outlet_names_outlet_id | Topic topic_names topic_id topic_names_pkey | Claim claim_names claim_id claim_names_pkey
-- index: {3}
DELETE FROM {1} WHERE {2} = $1::int;

-- name: AddNamesOf
-- each: Topics topic_names topic_id | Claims claim_names claim_id
INSERT INTO {1} ({2}, text, folded, ordinal)
SELECT * FROM unnest($1::int[], $2::text[], $3::text[], $4::int[]);

-- Serializes what must not happen twice at a time, until the transaction ends.
-- name: LockKey
SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0));

-- Holds such a key together with others who only hold it.
-- name: HoldKey
SELECT pg_advisory_xact_lock_shared(hashtextextended($1::text, 0));
