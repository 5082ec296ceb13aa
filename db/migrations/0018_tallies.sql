-- Tallies: how many quotes there are by speaker, topic, outlet, claim ... and day. db/queries/tallies.sql tells what the
-- columns hold.

-- The code of a quote that is counted.
CREATE FUNCTION tally_code(occurred_on date, occurred_precision int, kind int) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (date_part('year', occurred_on) * 372 + date_part('month', occurred_on) * 31 + date_part('day', occurred_on) - 32)::int
  * 16 + 4 * kind + least(occurred_precision, 4) - 1;

-- A row for each dimension, id and year.
CREATE TABLE tallies (
  dimension smallint NOT NULL,
  id int NOT NULL,
  year smallint NOT NULL,
  total int NOT NULL,
  months smallint[] NOT NULL,       -- codes, with as many counts; those of one code add up
  month_counts int[] NOT NULL,
  days smallint[] NOT NULL,
  day_counts int[] NOT NULL,
  CONSTRAINT tallies_pkey PRIMARY KEY (dimension, id, year)
);

-- What was not folded into them yet.
CREATE TABLE tally_changes (
  seq bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT tally_changes_pkey PRIMARY KEY,
  dimension smallint NOT NULL,
  id int NOT NULL,
  sign smallint NOT NULL,           -- 1 or -1
  codes int[] NOT NULL
);
CREATE INDEX tally_changes_id ON tally_changes (dimension, id);

-- What is on record already.
WITH counted AS MATERIALIZED (
  SELECT q.id, q.speaker_id, q.topic_ids, q.outlet_ids,
    tally_code(q.occurred_on, q.occurred_precision, q.kind) AS code
  FROM quotes q WHERE q.state = 1 AND q.polarity = 1)
INSERT INTO tally_changes (dimension, id, sign, codes)
SELECT dimension, id, 1, array_agg(code) FROM (
  SELECT 1 AS dimension, 0 AS id, code FROM counted
  UNION ALL SELECT 2, coalesce(speaker_id, 0), code FROM counted
  UNION ALL SELECT 3, t.topic_id, c.code FROM counted c JOIN quote_topics t ON t.quote_id = c.id
  UNION ALL
  SELECT 4, d.id, code FROM counted
  CROSS JOIN LATERAL unnest(CASE WHEN topic_ids = '{}' THEN '{0}' ELSE topic_ids END) t (id)
  CROSS JOIN LATERAL (VALUES (t.id), (-1)) d (id)
  UNION ALL
  SELECT 5, d.id, code FROM counted
  CROSS JOIN LATERAL unnest(CASE WHEN outlet_ids = '{}' THEN '{0}' ELSE outlet_ids END) o (id)
  CROSS JOIN LATERAL (VALUES (o.id), (-1)) d (id)) change
GROUP BY dimension, id;

WITH held AS MATERIALIZED (
  SELECT DISTINCT st.quote_id, d.dimension + variant.ascribed AS dimension, d.id,
    tally_code(st.occurred_on, st.occurred_precision, 0) AS code
  FROM stances st CROSS JOIN (VALUES (0), (10)) variant (ascribed)
  CROSS JOIN LATERAL (VALUES (6, 0), (7, st.claim_id), (8, st.position::int), (9, st.speaker_id)) d (dimension, id)
  WHERE st.recorded_to = 'infinity' AND st.standing = 1 AND (variant.ascribed = 10 OR NOT st.ascribed))
INSERT INTO tally_changes (dimension, id, sign, codes)
SELECT dimension, id, 1, array_agg(code) FROM (
  SELECT dimension, id, code FROM held
  UNION ALL SELECT dimension, -1, code FROM held WHERE dimension NOT IN (6, 16)) change
GROUP BY dimension, id;
