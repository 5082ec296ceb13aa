-- What makes mutating calls safe to repeat: the first call with a request id leaves it here, with what it made.

-- name: ClaimRequest
INSERT INTO request_keys (request_id, method, request_hash, resource)
VALUES ($1::text, $2::text, $3::uuid, $4::text)
ON CONFLICT (request_id) DO NOTHING;

-- name: GetRequest
-- index: request_keys_pkey
SELECT request_hash = $2::uuid, resource FROM request_keys WHERE request_id = $1::text;

-- name: PurgeRequests
-- index: request_keys_create_time
DELETE FROM request_keys WHERE create_time < now() - interval '7 days';
