-- Raw records: the records that appearances came from, as their sources have them.

-- Which of the raw records of a batch are kept already.
-- name: LookUpRawRecords
-- index: raw_records_pkey
SELECT wanted.place
FROM unnest($1::uuid[], $2::uuid[], $3::bytea[]) WITH ORDINALITY wanted (quote_id, appearance_id, hash, place)
JOIN raw_records r ON r.quote_id = wanted.quote_id AND r.appearance_id = wanted.appearance_id AND r.hash = wanted.hash;

-- name: InsertRawRecords
INSERT INTO raw_records (quote_id, appearance_id, hash, format, raw, losses, article_key, import_id)
SELECT r.quote_id, r.appearance_id, r.hash, r.format, r.raw, r.losses,
  nullif(r.article_key, '00000000-0000-0000-0000-000000000000'), $8::bigint
FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::text[], $5::bytea[], $6::text[], $7::uuid[])
  r (quote_id, appearance_id, hash, format, raw, losses, article_key)
ORDER BY r.quote_id, r.appearance_id, r.hash
ON CONFLICT DO NOTHING;

-- name: ListRawRecords
-- index: raw_records_pkey
SELECT appearance_id, hash, format, raw, losses, import_id, (extract(epoch FROM create_time) * 1000000)::bigint
FROM raw_records
WHERE quote_id = $1::uuid AND (appearance_id, hash) > ($2::uuid, $3::bytea)
ORDER BY appearance_id, hash LIMIT $4::bigint;

-- What else was printed where the quote was printed.
-- name: ArticleKeysOfQuote
-- index: raw_records_pkey
SELECT article_key FROM raw_records WHERE quote_id = $1::uuid AND article_key IS NOT NULL
UNION
SELECT article_id FROM appearances WHERE quote_id = $1::uuid AND article_id IS NOT NULL;

-- name: ListRawRecordsOfArticle
-- index: raw_records_article
SELECT quote_id, appearance_id, hash, raw, losses
FROM raw_records
WHERE article_key = $1::uuid AND (quote_id, appearance_id, hash) > ($2::uuid, $3::uuid, $4::bytea)
ORDER BY quote_id, appearance_id, hash LIMIT $5::bigint;

-- The hash stays, so that the same record is not kept again.
-- name: RedactRawRecord
-- index: raw_records_pkey
UPDATE raw_records SET raw = '', losses = ''
WHERE quote_id = $1::uuid AND appearance_id = $2::uuid AND hash = $3::bytea;

-- name: DeleteRawRecords
-- index: raw_records_pkey
DELETE FROM raw_records WHERE quote_id = $1::uuid;
