-- Reads as of an earlier moment look for what was replaced after it.

CREATE INDEX quote_revisions_replaced_time ON quote_revisions (replaced_time);
CREATE INDEX name_revisions_replaced_time ON name_revisions (replaced_time);

-- Earlier states of articles: an edit of a quote may change a headline, an import may fill in what was not known.
CREATE TABLE article_revisions (
  article_id uuid NOT NULL,
  state jsonb NOT NULL,
  replaced_time timestamptz NOT NULL,
  CONSTRAINT article_revisions_pkey PRIMARY KEY (article_id, replaced_time)
);

-- From now on a state keeps under "names" what it could be found by: the rows of speaker_names, outlet_names ...
-- Of older states the display name is known.
UPDATE name_revisions SET state = state || jsonb_build_object('names', jsonb_build_array(jsonb_build_object(
  rtrim(split_part(resource, '/', 1), 's') || '_id', state->'id', 'ordinal', 1, 'reason', 1,
  'text', state->>'display_name', 'folded', lower(state->>'display_name'), 'valid_from', 0, 'valid_to', 999999999)));
