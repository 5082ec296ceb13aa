-- For lists of what was retracted: little, unless whole imports were taken back.
CREATE INDEX quotes_retracted ON quotes (occurred_on, id) WHERE state = 2;
