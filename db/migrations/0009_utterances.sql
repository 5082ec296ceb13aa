-- Utterances: which quotes are wordings of one act of speaking.

-- What the matcher compares quotes by, of named speakers alone: who may have said it, on which days, in what words.
CREATE TABLE quote_spans (
  quote_id uuid NOT NULL CONSTRAINT quote_spans_pkey PRIMARY KEY,
  speaker_id int NOT NULL,
  polarity smallint NOT NULL,
  reach smallint NOT NULL,          -- how many days the span has: 0 up to 3, 1 up to 62, 2 more
  first_day date NOT NULL,          -- on which it may have been said
  last_day date NOT NULL,
  words int[] NOT NULL,             -- hashes of those that carry meaning, sorted, each once
  word_count int NOT NULL,          -- of all words
  fingerprint uuid NOT NULL         -- of everything that decides what it is linked with
);
CREATE INDEX quote_spans_speaker_reach_day ON quote_spans (speaker_id, reach, first_day);

-- Two quotes that are, or are not, wordings of one utterance; quote_id < other_id. Kept in versions, as claim_relations
-- are. Utterances are not stored: they follow from the links of a moment.
CREATE TABLE quote_links (
  quote_id uuid NOT NULL,
  other_id uuid NOT NULL,
  reference_first boolean NOT NULL, -- quote_id is the reference that the other is compared with
  relation smallint NOT NULL,
  similarity double precision NOT NULL,
  containment double precision NOT NULL,
  closeness int NOT NULL,           -- the order of lists: 0 to 10,000
  state smallint NOT NULL,          -- 1 suggested, 2 confirmed, 3 rejected
  speaker_id int NOT NULL,          -- of quote_id and of other_id; 0 for an unnamed source. They follow the quotes
  other_speaker_id int NOT NULL,
  author text NOT NULL,
  reason text NOT NULL,
  recorded_from timestamptz NOT NULL,
  recorded_to timestamptz NOT NULL DEFAULT 'infinity',
  CONSTRAINT quote_links_pkey PRIMARY KEY (quote_id, other_id, recorded_from),
  CONSTRAINT quote_links_order CHECK (quote_id < other_id)
);
CREATE UNIQUE INDEX quote_links_current ON quote_links (quote_id, other_id) WHERE recorded_to = 'infinity';
CREATE INDEX quote_links_other ON quote_links (other_id);
CREATE INDEX quote_links_state ON quote_links (state, closeness, quote_id, other_id);
CREATE INDEX quote_links_speaker ON quote_links (speaker_id);
CREATE INDEX quote_links_other_speaker ON quote_links (other_speaker_id);

-- What is on record already is linked too.
INSERT INTO quotes_to_match (quote_id) SELECT id FROM quotes ORDER BY id;
