-- Notices, in versions (see db/migrations/0008_notices.sql), and what they reach. In every read $1 is the moment asked
-- for.

-- Whether there is something to look for: 2 an embargo that may hide words, 1 another notice, 0 nothing. Reads of quotes
-- carry it along, so that nothing else is asked where there are no notices.
-- fragment: NoticesAtHand
(SELECT CASE WHEN {{MayHideWords}} THEN 2 WHEN EXISTS (SELECT FROM notices) THEN 1 ELSE 0 END)

-- Looks at one small index; the view embargoes tells exactly.
-- fragment: MayHideWords
EXISTS (SELECT FROM notices WHERE kind = 6 AND recorded_to = 'infinity' AND embargo_until > statement_timestamp())

-- name: MayHideWords
-- index: notices_embargoes
SELECT {{MayHideWords}};

-- fragment: NoticeIsHeld
n.recorded_from <= $1::timestamptz AND n.recorded_to > $1::timestamptz

-- What the one row reader reads, in its order.
-- fragment: NoticeColumns
n.id, n.revision, n.kind, coalesce(target.merged_into, n.article_id), n.quote_id, n.appearance_id, n.text,
  coalesce('outlets/' || o.slug, 'speakers/' || s.slug), CASE
    WHEN coalesce(o.update_time, s.update_time) <= $1::timestamptz THEN coalesce(o.display_name, s.display_name)
    ELSE (SELECT r.state->>'display_name' FROM name_revisions r
      WHERE r.resource = coalesce('outlets/' || o.slug, 'speakers/' || s.slug) AND r.replaced_time > $1::timestamptz
      ORDER BY r.revision LIMIT 1) END,
  n.url, n.issued_from, n.issued_to, n.issued_printed, n.issued_basis,
  (extract(epoch FROM n.embargo_until) * 1000000)::bigint, n.note, n.withdraw_reason, n.author,
  (extract(epoch FROM n.create_time) * 1000000)::bigint, (extract(epoch FROM n.recorded_from) * 1000000)::bigint,
  n.create_time::text, {{NoticesAtHand}}

-- fragment: NoticeNames
LEFT JOIN articles target ON target.id = n.article_id
LEFT JOIN outlets o ON o.id = n.issuer_outlet_id
LEFT JOIN speakers s ON s.id = n.issuer_speaker_id

-- name: GetNotice
-- index: notices_pkey
SELECT {{NoticeColumns}} FROM notices n {{NoticeNames}} WHERE n.id = $2::uuid AND {{NoticeIsHeld}};

-- $2 rows, $3 $4 key before which to go on, $5 article, $6 quote, $7 its appearance, $8 kinds, $9 withdrawn ones too.
-- name: ListNotices
-- plan: custom
SELECT {{NoticeColumns}} FROM notices n {{NoticeNames}}
WHERE {{NoticeIsHeld}} AND (n.create_time, n.id) < ($3::timestamptz, $4::uuid)
  AND ($5::uuid IS NULL OR n.article_id IN (SELECT r.id FROM articles r WHERE r.id = $5::uuid OR r.merged_into = $5::uuid))
  AND ($6::uuid IS NULL OR n.quote_id = $6::uuid) AND ($7::uuid IS NULL OR n.appearance_id = $7::uuid)
  AND (cardinality($8::smallint[]) = 0 OR n.kind = ANY ($8::smallint[]))
  AND ($9::boolean OR n.withdraw_reason = '')
ORDER BY n.create_time DESC, n.id DESC LIMIT $2::bigint;

-- name: NewNoticeId
SELECT gen_random_uuid();

-- Whoever else changes the notice, or a state under it, waits until ours is done.
-- name: LockNotice
SELECT pg_advisory_xact_lock(hashtextextended('notice ' || $1::text, 0));

-- A notice as it is to be; $2 is the revision that it replaces (0: none). It is locked.
-- name: PutNotice
-- index: notices_current
WITH ended AS (
  UPDATE notices n SET recorded_to = statement_timestamp()
  WHERE n.id = $1::uuid AND n.revision = $2::int AND n.recorded_to = 'infinity'
  RETURNING n.create_time)
INSERT INTO notices (id, revision, kind, article_id, quote_id, appearance_id, text, issuer_outlet_id, issuer_speaker_id,
  url, issued_from, issued_to, issued_printed, issued_basis, embargo_until, note, withdraw_reason, author, via, reason,
  create_time, recorded_from)
SELECT $1::uuid, $2::int + 1, $3::smallint, $4::uuid, $5::uuid, $6::uuid, $7::text, $8::int, $9::int, $10::text, $11::int,
  $12::int, $13::text, $14::smallint, 'epoch'::timestamptz + $15::bigint * interval '1 microsecond', $16::text, $17::text,
  $18::text, $19::text, $20::text, coalesce((SELECT create_time FROM ended), statement_timestamp()),
  statement_timestamp();

-- A quote that is to be a target, and whether it has the printing $2.
-- name: TargetQuote
-- index: quotes_pkey
SELECT q.state, a.id FROM quotes q LEFT JOIN appearances a ON a.quote_id = q.id AND a.id = $2::uuid
WHERE q.id = $1::uuid;

-- Articles that were merged into these.
-- name: NamesOfArticles
-- index: articles_merged_into
SELECT id, merged_into FROM articles WHERE merged_into = ANY ($1::uuid[]);

-- How articles are called in titles and paths.
-- name: TitlesOfArticles
-- index: articles_pkey
SELECT r.id, o.display_name, r.headline, r.url
FROM articles r LEFT JOIN outlets o ON o.id = r.outlet_id WHERE r.id = ANY ($1::uuid[]);

-- One step from the articles $2 to those that rest on them, or to those that they rest on, where the link carries words
-- (RELAYS, REPRINTS, EXCERPTS, TRANSLATES). Merged articles count as what they were merged into.
-- name: LinksOfArticles
-- each: Downstream other_id article_id article_links_other | Upstream article_id other_id article_links_article
-- index: {3}
WITH asked AS MATERIALIZED (
  SELECT r.id, r.id AS lead FROM articles r WHERE r.id = ANY ($2::uuid[])
  UNION ALL SELECT r.id, r.merged_into FROM articles r WHERE r.merged_into = ANY ($2::uuid[]))
SELECT DISTINCT asked.lead, coalesce(next.merged_into, next.id)
FROM asked JOIN article_links l ON l.{1} = asked.id JOIN articles next ON next.id = l.{2}
WHERE l.kind <= 4 AND l.recorded_from <= $1::timestamptz AND l.recorded_to > $1::timestamptz;

-- Notices about the articles $2 or the quotes $3; $4 only embargoes in force. Those that are over tell nothing any more,
-- nor do their lifts.
-- name: NoticesOn
-- plan: custom
SELECT n.id, n.kind, coalesce(target.merged_into, n.article_id), n.quote_id, n.appearance_id,
  (extract(epoch FROM n.embargo_until) * 1000000)::bigint
FROM notices n LEFT JOIN articles target ON target.id = n.article_id
WHERE {{NoticeIsHeld}} AND n.withdraw_reason = ''
  AND (n.id IN (SELECT id FROM embargoes) OR (n.kind < 6 AND NOT $4::boolean))
  AND (n.article_id = ANY ($2::uuid[]) OR target.merged_into = ANY ($2::uuid[]) OR n.quote_id = ANY ($3::uuid[]))
ORDER BY n.create_time, n.id;

-- name: PrintingsOfQuotes
-- index: appearances_pkey
SELECT quote_id, id, article_id, array_to_string(relay_article_ids, ' ') FROM appearances
WHERE quote_id = ANY ($1::uuid[]);

-- Targets of the embargoes in force.
-- name: EmbargoesInForce
-- plan: custom
SELECT coalesce(target.merged_into, n.article_id), n.quote_id
FROM notices n LEFT JOIN articles target ON target.id = n.article_id
WHERE n.recorded_to = 'infinity' AND n.id IN (SELECT id FROM embargoes);

-- What was printed in the articles $1, or came through them where it has none; at most $2.
-- name: QuotesOfArticles
-- plan: custom
SELECT quote_id FROM (
  SELECT quote_id FROM appearances WHERE article_id = ANY ($1::uuid[])
  UNION
  SELECT quote_id FROM appearances
  WHERE article_id IS NULL AND relay_article_ids <> '{}' AND relay_article_ids && $1::uuid[]) printed
LIMIT $2::bigint;

-- What became of the printings of quotes $2 under notices $3.
-- name: StatesOf
-- index: notice_states_pkey
SELECT s.notice_id, s.quote_id, s.appearance_id, s.state FROM notice_states s
WHERE s.quote_id = ANY ($2::uuid[]) AND s.notice_id = ANY ($3::uuid[])
  AND s.recorded_from <= $1::timestamptz AND s.recorded_to > $1::timestamptz;

-- The printings that notice $2 reaches: those in the articles $3 (the n-th is $4 steps away), of quote $5 alone where it
-- is given; and the target's own: of quote $5 the printing $6, or all ($7). $8 only this printing, $9 states, $10 rows,
-- $11 to $13 key after which to go on.
-- fragment: Affected
near AS MATERIALIZED (
  SELECT * FROM unnest($3::uuid[], $4::int[]) n (article_id, steps)),
reached AS (
  SELECT a.quote_id, a.id, a.article_id, near.steps FROM near JOIN appearances a ON a.article_id = near.article_id
  WHERE a.create_time <= $1::timestamptz AND ($5::uuid IS NULL OR a.quote_id = $5::uuid)
    AND ($6::uuid IS NULL OR a.id <> $6::uuid)
  UNION ALL
  SELECT a.quote_id, a.id, NULL::uuid, min(near.steps + cardinality(a.relay_article_ids) - hop.place + 1)::int
  FROM appearances a CROSS JOIN LATERAL unnest(a.relay_article_ids) WITH ORDINALITY hop (article_id, place)
  JOIN near ON near.article_id = hop.article_id
  WHERE a.create_time <= $1::timestamptz AND a.article_id IS NULL AND a.relay_article_ids <> '{}'
    AND a.relay_article_ids && $3::uuid[] AND ($5::uuid IS NULL OR a.quote_id = $5::uuid)
    AND ($6::uuid IS NULL OR a.id <> $6::uuid)
  GROUP BY a.quote_id, a.id
  UNION ALL
  SELECT a.quote_id, a.id, a.article_id, 0 FROM appearances a
  WHERE a.create_time <= $1::timestamptz AND a.quote_id = $5::uuid AND (a.id = $6::uuid OR $7::boolean))
SELECT r.quote_id, r.id, r.article_id, r.steps, coalesce(s.state, 1), s.author, s.reason,
  (extract(epoch FROM s.recorded_from) * 1000000)::bigint
FROM reached r LEFT JOIN notice_states s ON s.quote_id = r.quote_id AND s.appearance_id = r.id
  AND s.notice_id = $2::uuid AND s.recorded_from <= $1::timestamptz AND s.recorded_to > $1::timestamptz
WHERE ($8::uuid IS NULL OR r.id = $8::uuid)
  AND (cardinality($9::smallint[]) = 0 OR coalesce(s.state, 1) = ANY ($9::smallint[]))
  AND (r.steps, r.quote_id, r.id) > ($11::int, $12::uuid, $13::uuid)
ORDER BY r.steps, r.quote_id, r.id LIMIT $10::bigint

-- name: ListAffected
-- plan: custom
WITH {{Affected}};

-- name: ListAffected
-- plan: custom
-- each: Then - - $1
WITH {{RecordThen}},
{{Affected}};

-- name: SetAffectedState
-- index: notice_states_current
WITH ended AS (
  UPDATE notice_states SET recorded_to = statement_timestamp()
  WHERE quote_id = $2::uuid AND appearance_id = $3::uuid AND notice_id = $1::uuid AND recorded_to = 'infinity'
  RETURNING revision)
INSERT INTO notice_states (notice_id, quote_id, appearance_id, revision, state, author, reason, recorded_from)
SELECT $1::uuid, $2::uuid, $3::uuid, coalesce((SELECT revision FROM ended), 0) + 1, $4::smallint, $5::text, $6::text,
  statement_timestamp();

-- Redaction of a quote.

-- Every state of every notice, in order; whether it is about the quote $4 or one of the articles $5.
-- name: ListAllNotices
-- index: notices_pkey
SELECT n.id, n.revision, n.text, n.note, n.reason, n.withdraw_reason, n.issued_printed,
  coalesce(n.quote_id = $4::uuid, false), coalesce(n.article_id = ANY ($5::uuid[]), false)
FROM notices n WHERE (n.id, n.revision) > ($1::uuid, $2::int) ORDER BY n.id, n.revision LIMIT $3::bigint;

-- That it was withdrawn must stay to be seen. $8 who issued it, too, where that is a speaker.
-- name: RedactNotice
-- index: notices_pkey
UPDATE notices SET text = $3::text, note = $4::text, reason = $5::text, withdraw_reason = $6::text,
  issued_printed = $7::text, issuer_speaker_id = CASE WHEN $8::boolean THEN NULL ELSE issuer_speaker_id END
WHERE id = $1::uuid AND revision = $2::int;

-- name: RedactStates
-- index: notice_states_pkey
UPDATE notice_states SET reason = '' WHERE quote_id = $1::uuid AND reason <> '';
