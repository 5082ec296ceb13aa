-- Where one input is dealt to several imports: which part each takes, of how many; 0 of 0 takes all.
ALTER TABLE imports ADD COLUMN part smallint NOT NULL DEFAULT 0, ADD COLUMN parts smallint NOT NULL DEFAULT 0;
