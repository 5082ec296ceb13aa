-- Phrases are looked for by pairs of words, too: two words in a row are one of 4,096 marks beside the words, so that a quote
-- that has all words of a phrase, but elsewhere, is hardly ever read. Others share a mark by chance; the places of the words
-- decide. No word begins with "=", and marks have no place.
-- (In PL/pgSQL: in SQL it takes half as long again. With nothing but what PostgreSQL has: what restores a record finds no
-- function of ours by its bare name.)
CREATE FUNCTION with_pairs(words tsvector) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  in_order text[] := ARRAY(
    SELECT word.lexeme FROM unnest(words) word CROSS JOIN unnest(word.positions) place ORDER BY place);
BEGIN
  RETURN words || array_to_tsvector(ARRAY(
    SELECT '=' || to_hex(hashtext(pair.word || ' ' || pair.following) & 4095)
    FROM unnest(in_order, in_order[2:]) pair (word, following) WHERE pair.following IS NOT NULL));
END $$;

-- Its index goes with the column. One that a first load will build is not built before.
ALTER TABLE quotes DROP COLUMN search;
ALTER TABLE quotes ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (with_pairs(
  CASE WHEN original_text = '' THEN to_tsvector('onrecord', text)
       ELSE to_tsvector('onrecord', text) || to_tsvector('onrecord', original_text) END)) STORED;
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM deferred_indexes WHERE name = 'quotes_search') THEN
    CREATE INDEX quotes_search ON quotes
      USING gin (search, search_marks(speaker_id, topic_ids, outlet_ids, occurred_on));
  END IF;
END $$;
