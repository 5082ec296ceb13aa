-- Words that so many quotes have, as far as a sample tells, that the index of words is not asked for them where a question has
-- rarer ones too. Made anew now and then by whoever matches.
CREATE TABLE common_words (
  word text NOT NULL CONSTRAINT common_words_pkey PRIMARY KEY,  -- as the vector of words has it
  share real NOT NULL                                           -- of the quotes
);
