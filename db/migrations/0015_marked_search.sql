-- Words are looked for together with whom they are of, what they are about, where they were printed and when: marks for
-- these are in the same index, which intersects them with the words before a row is read. Month m is 12 * year + month.
CREATE FUNCTION search_marks(speaker_id int, topic_ids int[], outlet_ids int[], occurred_on date) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN array_to_tsvector(string_to_array(concat_ws(' ', 'y' || extract(year FROM occurred_on),
  'm' || (12 * extract(year FROM occurred_on) + extract(month FROM occurred_on)), 's' || speaker_id,
  't' || nullif(array_to_string(topic_ids, ' t'), ''), 'o' || nullif(array_to_string(outlet_ids, ' o'), '')), ' '));

DROP INDEX quotes_search;
CREATE INDEX quotes_search ON quotes USING gin (search, search_marks(speaker_id, topic_ids, outlet_ids, occurred_on));
