-- Keys of wordings are made of pairs of words now: all quotes are matched anew.

TRUNCATE wordings, quote_wordings, quotes_to_match;
INSERT INTO quotes_to_match (quote_id) SELECT id FROM quotes ORDER BY id;

-- Keys that so many wordings have that they lead nowhere ("of the"), as far as a sample tells. Made anew now and then by
-- whoever matches.
CREATE TABLE common_keys (
  key int NOT NULL CONSTRAINT common_keys_pkey PRIMARY KEY,
  wordings int NOT NULL  -- how many have it, estimated
);
