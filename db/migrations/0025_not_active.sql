-- What does not stand any more, for lists of retracted and redacted quotes: few, unless whole imports were taken back.
CREATE INDEX quotes_not_active ON quotes (occurred_on, id) WHERE state <> 1;
