-- Redaction: quotes whose words were removed for good.

-- Imports ask for it with every record; it holds next to nothing.
CREATE INDEX quotes_redacted ON quotes (id) WHERE state = 3;

-- Who spoke may be removed too.
ALTER TABLE quotes DROP CONSTRAINT quotes_source_check;
ALTER TABLE quotes ADD CONSTRAINT quotes_source_check
  CHECK (speaker_id IS NOT NULL OR described_as <> '' OR state = 3);

-- What was removed from an article is not filled in again by the next record that knows it.
ALTER TABLE articles ADD COLUMN redacted boolean NOT NULL DEFAULT false;
