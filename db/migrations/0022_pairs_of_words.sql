-- Phrases are looked for by their pairs of neighbouring words: marks too, in the same index. A phrase may be rare though all of
-- its words are in everything.

-- Words that follow each other; none for a pair of more than 80 bytes.
CREATE FUNCTION search_pairs(search tsvector) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
  SELECT coalesce(array_to_tsvector(array_agg(word || ' ' || next)), '')
  FROM (
    SELECT w.lexeme AS word, lead(w.lexeme) OVER (ORDER BY place) AS next
    FROM unnest(search) w CROSS JOIN unnest(w.positions) place) following
  WHERE octet_length(word) + octet_length(next) < 80);

CREATE FUNCTION search_marks(speaker_id int, topic_ids int[], outlet_ids int[], occurred_on date, search tsvector)
RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN search_marks(speaker_id, topic_ids, outlet_ids, occurred_on) || search_pairs(search);

-- A first load may have taken the index away, to be built later.
DROP INDEX IF EXISTS quotes_search;
DO $$
DECLARE
  made CONSTANT text :=
    'CREATE INDEX quotes_search ON quotes USING gin (search, search_marks(speaker_id, topic_ids, outlet_ids, occurred_on, search))';
BEGIN
  UPDATE deferred_indexes SET definition = made WHERE name = 'quotes_search';
  IF NOT FOUND THEN
    EXECUTE made;
  END IF;
END $$;
