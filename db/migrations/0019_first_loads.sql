-- First loads: imports that say that they fill an empty record, so that what only questions need is built after them.

ALTER TABLE imports ADD COLUMN first_load boolean NOT NULL DEFAULT false;

-- Indexes that were taken away for a first load and are to be built again.
CREATE TABLE deferred_indexes (
  name text CONSTRAINT deferred_indexes_pkey PRIMARY KEY,
  definition text NOT NULL          -- the statement that makes it
);
