-- What tallies count a quote as, in the rows of its topics and in their index: who speaks on a topic is counted from there.
-- (Copied into a table of its own: updated in place, it would be half as large again.)
CREATE TABLE quote_topics_with_traits (
  quote_id uuid NOT NULL,
  topic_id int NOT NULL,
  speaker_id int,
  occurred_on date NOT NULL,
  traits smallint                   -- 4 * kind + how exactly the day is known, see db/queries/tallies.sql; null: not counted
);
INSERT INTO quote_topics_with_traits (quote_id, topic_id, speaker_id, occurred_on, traits)
SELECT t.quote_id, t.topic_id, t.speaker_id, t.occurred_on,
  CASE WHEN q.state = 1 AND q.polarity = 1 THEN 4 * q.kind + least(q.occurred_precision, 4) - 1 END
FROM quote_topics t JOIN quotes q ON q.id = t.quote_id;
DROP TABLE quote_topics;
ALTER TABLE quote_topics_with_traits RENAME TO quote_topics;
ALTER TABLE quote_topics ADD CONSTRAINT quote_topics_pkey PRIMARY KEY (quote_id, topic_id);

-- Those that a first load will build are not built before.
DO $$
DECLARE
  wanted record;
BEGIN
  FOR wanted IN SELECT * FROM (VALUES
    ('quote_topics_topic_occurred', 'topic_id, occurred_on, quote_id) INCLUDE (speaker_id, traits)'),
    ('quote_topics_speaker_topic_occurred', 'speaker_id, topic_id, occurred_on, quote_id)')) i (name, columns)
  LOOP
    UPDATE deferred_indexes
    SET definition = format('CREATE INDEX %I ON quote_topics USING btree (%s', wanted.name, wanted.columns)
    WHERE name = wanted.name;
    IF NOT FOUND THEN
      EXECUTE format('CREATE INDEX %I ON quote_topics (%s', wanted.name, wanted.columns);
    END IF;
  END LOOP;
END $$;
