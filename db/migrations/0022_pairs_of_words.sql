-- Phrases are looked for by their pairs of neighbouring words, in the index of words. A phrase may be rare though all of its words
-- are in everything.

-- Hashes of the words that follow each other.
CREATE FUNCTION search_pairs(search tsvector) RETURNS int[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
  SELECT coalesce(array_agg(hashtext(word || ' ' || next)), '{}')
  FROM (
    SELECT w.lexeme AS word, lead(w.lexeme) OVER (ORDER BY place) AS next
    FROM unnest(search) w CROSS JOIN unnest(w.positions) place) following
  WHERE next IS NOT NULL);

-- A first load may have taken the index away, to be built later.
DROP INDEX IF EXISTS quotes_search;
DO $$
DECLARE
  made CONSTANT text := 'CREATE INDEX quotes_search ON quotes USING gin '
    '(search, search_marks(speaker_id, topic_ids, outlet_ids, occurred_on), search_pairs(search))';
BEGIN
  UPDATE deferred_indexes SET definition = made WHERE name = 'quotes_search';
  IF NOT FOUND THEN
    EXECUTE made;
  END IF;
END $$;
