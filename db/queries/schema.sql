-- Statements about the schema itself.

-- name: IsStandby
SELECT pg_is_in_recovery();

-- name: HasMigrations
SELECT to_regclass('schema_migrations') IS NOT NULL;

-- name: ListMigrations
SELECT version, name, checksum FROM schema_migrations ORDER BY version;

-- name: AddMigration
INSERT INTO schema_migrations (version, name, checksum) VALUES ($1::int, $2::text, $3::text);
