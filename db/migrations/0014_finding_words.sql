-- Where words are looked for: among short wordings, which may stand in a long text, and among those of a speaker.
CREATE INDEX wordings_short ON wordings (id) WHERE cardinality(keys) <= 7;
CREATE INDEX quote_wordings_speaker ON quote_wordings (speaker_id, wording_id, occurred_on, quote_id);
