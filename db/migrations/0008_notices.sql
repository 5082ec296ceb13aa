-- Notices: corrections, retractions, denials and embargoes on an article, a quote or a printing, and what became of the
-- printings that they reach. Both are kept in versions, as reviews are. What a notice reaches is not kept: it is found
-- when it is asked for.

CREATE TABLE notices (
  id uuid NOT NULL,
  revision int NOT NULL,
  kind smallint NOT NULL,
  article_id uuid,                  -- the target: an article,
  quote_id uuid,                    -- or a quote,
  appearance_id uuid,               -- or one printing of it
  text text NOT NULL,
  issuer_outlet_id int,
  issuer_speaker_id int,
  url text NOT NULL,
  issued_from int NOT NULL,
  issued_to int NOT NULL,
  issued_printed text NOT NULL,
  issued_basis smallint NOT NULL,
  embargo_until timestamptz,
  note text NOT NULL,
  withdraw_reason text NOT NULL DEFAULT '',
  author text NOT NULL,
  via text NOT NULL,
  reason text NOT NULL DEFAULT '',
  create_time timestamptz NOT NULL, -- of the first revision: the order of lists
  recorded_from timestamptz NOT NULL,
  recorded_to timestamptz NOT NULL DEFAULT 'infinity',
  CONSTRAINT notices_pkey PRIMARY KEY (id, revision),
  CONSTRAINT notices_target_check CHECK ((article_id IS NULL) <> (quote_id IS NULL)
    AND (appearance_id IS NULL OR quote_id IS NOT NULL)),
  CONSTRAINT notices_embargo_check CHECK (kind <> 6 OR embargo_until IS NOT NULL)
);
CREATE UNIQUE INDEX notices_current ON notices (id) WHERE recorded_to = 'infinity';
CREATE INDEX notices_create_time ON notices (create_time, id);
CREATE INDEX notices_article ON notices (article_id);
CREATE INDEX notices_quote ON notices (quote_id);
-- Every read of quotes looks whether there is an embargo: nearly always it holds nothing.
CREATE INDEX notices_embargoes ON notices (embargo_until) WHERE kind = 6 AND recorded_to = 'infinity';

-- Which embargoes hide words now. A lift ends those on its target that were recorded before it.
CREATE VIEW embargoes AS
SELECT n.id FROM notices n
LEFT JOIN articles target ON target.id = n.article_id
WHERE n.kind = 6 AND n.recorded_to = 'infinity' AND n.withdraw_reason = '' AND n.embargo_until > statement_timestamp()
  AND NOT EXISTS (
    SELECT FROM notices lift LEFT JOIN articles lifted ON lifted.id = lift.article_id
    WHERE lift.kind = 7 AND lift.recorded_to = 'infinity' AND lift.withdraw_reason = ''
      AND lift.create_time >= n.create_time
      AND (coalesce(lifted.merged_into, lift.article_id), lift.quote_id, lift.appearance_id)
        IS NOT DISTINCT FROM (coalesce(target.merged_into, n.article_id), n.quote_id, n.appearance_id));

-- What became of a printing that a notice reaches; none: nobody has looked.
CREATE TABLE notice_states (
  notice_id uuid NOT NULL,
  quote_id uuid NOT NULL,
  appearance_id uuid NOT NULL,
  revision int NOT NULL,
  state smallint NOT NULL,
  author text NOT NULL,
  reason text NOT NULL,
  recorded_from timestamptz NOT NULL,
  recorded_to timestamptz NOT NULL DEFAULT 'infinity',
  CONSTRAINT notice_states_pkey PRIMARY KEY (quote_id, appearance_id, notice_id, revision)
);
CREATE UNIQUE INDEX notice_states_current ON notice_states (quote_id, appearance_id, notice_id)
  WHERE recorded_to = 'infinity';

-- What was printed in an article; and of printings without one, what came through it.
CREATE INDEX appearances_article ON appearances (article_id, quote_id);
CREATE INDEX appearances_hops ON appearances USING gin (relay_article_ids)
  WHERE article_id IS NULL AND relay_article_ids <> '{}';
