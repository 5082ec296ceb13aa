#include "tests/support/tallies.h"

#include <pqxx/pqxx>

#include "services/pg/session.h"
#include "services/tallies/tallies_store.h"

namespace onrecord {
namespace {

// Counted anew in the plainest way, a quote, a topic, a stance at a time.
constexpr char kFaults[] = R"(
WITH day_of AS (
  SELECT id, speaker_id, topic_ids, outlet_ids, occurred_on AS day, kind,
    CASE WHEN occurred_precision = 1 THEN 0 WHEN occurred_precision = 2 THEN 1 WHEN occurred_precision = 3 THEN 2 ELSE 3 END
      AS exact
  FROM quotes WHERE state = 1 AND polarity = 1),
member AS (
  SELECT 1 AS dimension, 0 AS id, q.id AS quote, day, 4 * kind + exact AS traits FROM day_of q
  UNION ALL SELECT 2, coalesce(speaker_id, 0), q.id, day, 4 * kind + exact FROM day_of q
  UNION ALL
  SELECT DISTINCT 3, above, q.id, day, 4 * kind + exact
  FROM day_of q, unnest(topic_ids) tag, topics t, unnest(t.path) above WHERE t.id = tag
  UNION ALL SELECT 4, tag, q.id, day, 4 * kind + exact FROM day_of q, unnest(topic_ids) tag
  UNION ALL SELECT 4, 0, q.id, day, 4 * kind + exact FROM day_of q WHERE topic_ids = '{}'
  UNION ALL SELECT 5, outlet, q.id, day, 4 * kind + exact FROM day_of q, unnest(outlet_ids) outlet
  UNION ALL SELECT 5, 0, q.id, day, 4 * kind + exact FROM day_of q WHERE outlet_ids = '{}'),
stance AS (
  SELECT s.*, q.day, q.exact FROM stances s JOIN day_of q ON q.id = s.quote_id
  WHERE s.recorded_to = 'infinity' AND s.standing <> 3),
evidence AS (
  SELECT DISTINCT 6 AS dimension, 0 AS id, quote_id AS quote, day, exact AS traits FROM stance WHERE NOT ascribed
  UNION ALL SELECT DISTINCT 7, claim_id, quote_id, day, exact FROM stance WHERE NOT ascribed
  UNION ALL SELECT DISTINCT 8, position::int, quote_id, day, exact FROM stance WHERE NOT ascribed
  UNION ALL SELECT DISTINCT 9, speaker_id, quote_id, day, exact FROM stance WHERE NOT ascribed
  UNION ALL SELECT DISTINCT 10, 16 * claim_id + position, quote_id, day, exact FROM stance WHERE NOT ascribed
  UNION ALL SELECT DISTINCT 16, 0, quote_id, day, exact FROM stance
  UNION ALL SELECT DISTINCT 17, claim_id, quote_id, day, exact FROM stance
  UNION ALL SELECT DISTINCT 18, position::int, quote_id, day, exact FROM stance
  UNION ALL SELECT DISTINCT 19, speaker_id, quote_id, day, exact FROM stance
  UNION ALL SELECT DISTINCT 20, 16 * claim_id + position, quote_id, day, exact FROM stance),
every AS (SELECT * FROM member UNION ALL SELECT * FROM evidence),
right_ones AS (
  SELECT dimension, id, day, traits, count(*) AS n FROM every GROUP BY 1, 2, 3, 4
  UNION ALL
  SELECT dimension, -1, day, traits, count(*) FROM every WHERE dimension NOT IN (1, 2, 3, 6, 10, 16, 20) GROUP BY 1, 2, 3, 4),
kept AS (
  SELECT dimension, id, day, traits, sum(n) AS n FROM (
    SELECT dimension, id, make_date(year, code / 496 + 1, code / 16 % 31 + 1) AS day, code % 16 AS traits, n
    FROM tallies, unnest(days, day_counts) c (code, n)
    UNION ALL
    SELECT dimension, id, make_date(code / 16 / 372, code / 496 % 12 + 1, code / 16 % 31 + 1), code % 16, sign
    FROM tally_changes, unnest(codes) code) cell
  GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0),
by_month AS (
  SELECT dimension, id, year, code / 16 AS month, code % 16 AS traits, sum(n) AS n
  FROM tallies, unnest(months, month_counts) c (code, n) GROUP BY 1, 2, 3, 4, 5),
by_day AS (
  SELECT dimension, id, year, code / 496 + 1 AS month, code % 16 AS traits,
    sum(n) AS n
  FROM tallies, unnest(days, day_counts) c (code, n) GROUP BY 1, 2, 3, 4, 5)
SELECT string_agg(fault, E'\n') FROM (
  SELECT concat_ws(' ', 'missing', dimension, id, day, traits, n) AS fault FROM (
    SELECT dimension, id, day, traits, n::int FROM right_ones EXCEPT SELECT dimension, id, day, traits, n::int FROM kept) a
  UNION ALL
  SELECT concat_ws(' ', 'wrong', dimension, id, day, traits, n) FROM (
    SELECT dimension, id, day, traits, n::int FROM kept EXCEPT SELECT dimension, id, day, traits, n::int FROM right_ones) b
  UNION ALL
  SELECT concat_ws(' ', 'month', dimension, id, year, month, traits, n) FROM (
    (SELECT * FROM by_month EXCEPT SELECT * FROM by_day) UNION ALL (SELECT * FROM by_day EXCEPT SELECT * FROM by_month)) c
  UNION ALL
  SELECT concat_ws(' ', 'topic', t.topic_id, t.quote_id, t.speaker_id, t.occurred_on, t.traits)
  FROM quotes q JOIN quote_topics t ON t.quote_id = q.id LEFT JOIN day_of ON day_of.id = q.id
  WHERE (t.speaker_id, t.occurred_on, t.traits) IS DISTINCT FROM (q.speaker_id, q.occurred_on, 4 * day_of.kind + day_of.exact)
  UNION ALL
  SELECT concat_ws(' ', 'total', dimension, id, year, total) FROM tallies
  WHERE total <> (SELECT coalesce(sum(n), 0) FROM unnest(day_counts) n)
  LIMIT 20) faults)";

std::string Faults(const std::string& connection) {
  pqxx::connection database(connection);
  pqxx::nontransaction work(database);
  const pqxx::result rows = work.exec(kFaults);
  return rows[0][0].is_null() ? "" : rows[0][0].c_str();
}

}  // namespace

std::string TallyFaults(const std::string& connection) {
  std::string faults = Faults(connection);
  pg::Session session(connection, "tests");
  absl::StatusOr<bool> folded = true;
  while (folded.ok() && *folded) folded = store::FoldTallies(session, /*rest=*/true);
  if (!folded.ok()) return std::string(folded.status().message());
  const std::string after = Faults(connection);
  if (!after.empty()) faults += "\nonce folded:\n" + after;
  return faults;
}

}  // namespace onrecord
