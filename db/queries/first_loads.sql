-- First loads: indexes that only questions need are taken away before many records come to an empty record, and are built
-- again when those imports are done or have stopped.

-- Whether the record is empty, or on its way from there, be it with this import ($1) itself.
-- name: TakesFirstLoad
SELECT NOT EXISTS (SELECT FROM quotes) OR EXISTS (SELECT FROM deferred_indexes)
  OR EXISTS (SELECT FROM imports WHERE id = $1::bigint AND committed_sequence > 0);

-- What neither imports nor matching look anything up with. Gives the commands that take them away.
-- name: DeferIndexes
WITH deferred AS (
  INSERT INTO deferred_indexes (name, definition)
  SELECT indexname, indexdef FROM pg_indexes
  WHERE NOT EXISTS (SELECT FROM quotes) AND schemaname = current_schema() AND indexname IN (
    'quotes_occurred', 'quotes_speaker_occurred', 'quotes_updated', 'quotes_search',
    'quote_topics_topic_occurred', 'quote_topics_speaker_topic_occurred', 'appearances_outlet_occurred',
    'appearances_article', 'appearances_hops', 'articles_published', 'articles_outlet_published', 'articles_stubs',
    'quote_wordings_speaker', 'wordings_keys')
  ON CONFLICT (name) DO NOTHING
  RETURNING name)
SELECT format('DROP INDEX %I', name) FROM deferred ORDER BY name;

-- For a server that starts: that nobody could go on with a first load meanwhile does not count as silence.
-- name: AwaitFirstLoads
UPDATE imports SET update_time = now() WHERE first_load AND state = 1 AND EXISTS (SELECT FROM deferred_indexes);

-- An index to build, unless a first load goes on: another may follow one that is finished. What takes longest comes first.
-- name: NextDeferredIndex
SELECT name, definition FROM deferred_indexes
WHERE NOT EXISTS (
  SELECT FROM imports
  WHERE first_load AND update_time > now() - CASE state WHEN 1 THEN interval '60 seconds' ELSE interval '2 seconds' END)
ORDER BY definition LIKE '%USING gin%' DESC, name DESC LIMIT 1 FOR UPDATE SKIP LOCKED;

-- name: DeleteDeferredIndex
-- index: deferred_indexes_pkey
DELETE FROM deferred_indexes WHERE name = $1::text;

-- An index of a large record takes longer than any statement that somebody waits for.
-- name: LiftTimeout
SELECT set_config('statement_timeout', '0', true);
