-- Spans of a year are found by their days too: reach 2 is now up to 400 days, 3 more. With 2 for all longer ones every quote
-- was compared with all of the same speaker that are known to the year.

UPDATE quote_spans SET reach = 3 WHERE reach = 2 AND last_day > first_day + 399;
