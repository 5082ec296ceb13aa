-- What came or changed since a moment: timelines as of then come from tallies without it.
CREATE INDEX quotes_updated ON quotes (update_time);
