-- Outlets; what they share with speakers and topics is in names.sql.

-- name: AddNamesOfOutlets
INSERT INTO outlet_names (outlet_id, text, folded)
SELECT * FROM unnest($1::int[], $2::text[], $3::text[]);
