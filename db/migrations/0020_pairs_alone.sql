-- Words of several letters have no keys of their own any more: all quotes are matched anew.

TRUNCATE wordings, quote_wordings, quotes_to_match, common_keys;
INSERT INTO quotes_to_match (quote_id) SELECT id FROM quotes ORDER BY id;
