-- Merged and split speakers, and who unnamed sources are said to be.

ALTER TABLE speakers ADD COLUMN merged_into int REFERENCES speakers;
CREATE INDEX speakers_merged_into ON speakers (merged_into) WHERE merged_into IS NOT NULL;

-- Where names lead: those of a merged speaker to the one that it was merged into, which is never itself merged.
CREATE VIEW speaker_leads AS
SELECT coalesce(s.merged_into, s.id) AS speaker_id, n.reason, n.folded
FROM speaker_names n JOIN speakers s ON s.id = n.speaker_id;

-- What was done: 1 speaker_id was merged into other_id, 2 it was restored from there, 3 it is new and was split off.
-- All that followed bears the time of the move, which is how it is found when a merge is undone.
CREATE TABLE speaker_moves (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT speaker_moves_pkey PRIMARY KEY,
  action smallint NOT NULL,
  speaker_id int NOT NULL REFERENCES speakers,
  other_id int NOT NULL REFERENCES speakers,
  moved_time timestamptz NOT NULL,
  undone boolean NOT NULL DEFAULT false,
  added text NOT NULL,              -- what joined the other of a merge: a Speaker in protobuf's JSON form
  quote_count bigint NOT NULL,
  replaced_stance_count bigint NOT NULL
);
CREATE INDEX speaker_moves_speaker ON speaker_moves (speaker_id, id);

-- A merge looks for those who ascribe stances.
CREATE INDEX stances_ascribed_speaker ON stances (ascribed_speaker_id) WHERE ascribed_speaker_id IS NOT NULL;

-- Who an unnamed source may be, in versions as stances are.
CREATE TABLE identifications (
  quote_id uuid NOT NULL,
  speaker_id int NOT NULL,
  revision int NOT NULL,
  state smallint NOT NULL,          -- IdentificationState
  confidence double precision NOT NULL,
  reason text NOT NULL,             -- what it rests on
  decision_reason text NOT NULL,
  author text NOT NULL,
  via text NOT NULL,
  create_time timestamptz NOT NULL, -- of the first revision: the order of lists
  recorded_from timestamptz NOT NULL,
  recorded_to timestamptz NOT NULL DEFAULT 'infinity',
  CONSTRAINT identifications_pkey PRIMARY KEY (quote_id, speaker_id, revision)
);
CREATE UNIQUE INDEX identifications_current ON identifications (quote_id, speaker_id) WHERE recorded_to = 'infinity';
CREATE INDEX identifications_create_time ON identifications (create_time, quote_id, speaker_id);
CREATE INDEX identifications_speaker ON identifications (speaker_id, create_time, quote_id);
