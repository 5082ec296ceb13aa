-- Wordings: by what words a quote is found that resembles a text, contains it or stands in it.

-- The same words are one wording, however often they were said: what thousands say ("Thank you very much") is compared
-- once. Keys are made by services/wordings/wordings_sketch.
CREATE TABLE wordings (
  id uuid NOT NULL CONSTRAINT wordings_pkey PRIMARY KEY,  -- of the words alone
  keys int[] NOT NULL
);
CREATE INDEX wordings_keys ON wordings USING gin (keys);

-- Which wording a quote has, with copies of what narrows a search.
CREATE TABLE quote_wordings (
  quote_id uuid NOT NULL CONSTRAINT quote_wordings_pkey PRIMARY KEY,
  wording_id uuid NOT NULL,
  speaker_id int,
  occurred_on date NOT NULL
);
CREATE INDEX quote_wordings_wording ON quote_wordings (wording_id, occurred_on, quote_id, speaker_id);

-- Quotes that were written and wait to be matched, in the order of writing; one may wait several times.
CREATE TABLE quotes_to_match (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT quotes_to_match_pkey PRIMARY KEY,
  quote_id uuid NOT NULL
);
INSERT INTO quotes_to_match (quote_id) SELECT id FROM quotes ORDER BY id;
