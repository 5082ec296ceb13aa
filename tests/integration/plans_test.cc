// Every statement of db/queries is prepared against the schema, and what it says about its index is held against
// PostgreSQL's plan.
#include <gtest/gtest.h>

#include <pqxx/pqxx>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "db/statements.h"
#include "tests/support/builders.h"

namespace onrecord {
namespace {

bool IsDefinition(const pg::Statement& statement) { return std::string(statement.text).starts_with("CREATE"); }

// The schema, and the temporary tables that statements expect.
class StatementsTest : public RecordTest {
 protected:
  void SetUp() override {
    RecordTest::SetUp();
    connection_ = std::make_unique<pqxx::connection>(database_.connection());
    work_ = std::make_unique<pqxx::nontransaction>(*connection_);
    for (const pg::Statement* statement : {&sql::kMakeStage, &sql::kMakeAppearanceStage, &sql::kMakeMovedQuotes,
                                           &sql::kMakeMovedStances, &sql::kMakeRestoredStances}) {
      work_->exec(statement->text);
    }
  }

  std::unique_ptr<pqxx::connection> connection_;
  std::unique_ptr<pqxx::nontransaction> work_;
};

// The same with rows in every table.
class PlansTest : public StatementsTest {
 protected:
  void TearDown() override {}  // stances are written here without counting them
  void SetUp() override {
    StatementsTest::SetUp();
    std::vector<pb::ImportRecord> records;
    for (int i = 0; i < 4000; ++i) {  // unlike each other, or they would be compared for a minute
      records.push_back(ARecord()
                            .Saying(absl::StrCat("a", i, " b", i, " c", i))
                            .By("Speaker " + std::to_string(i % 50))
                            .In("Outlet " + std::to_string(i % 20))
                            .On(std::to_string(1900 + i % 100))
                            .About("Topic " + std::to_string(i % 30))
                            .WithId(std::to_string(i)));
    }
    const Imported imported = Import(*imports_, records, {.batch = 2000});
    ASSERT_TRUE(imported.status.ok()) << imported.status.error_message();
    ASSERT_EQ(imported.finished.created_count(), 4000);
    ASSERT_TRUE(Becomes("SELECT count(*) FROM quotes_to_match", "0"));
    for (int i = 0; i < 100; ++i) {
      pb::CreateClaimRequest request;
      request.mutable_claim()->set_text("Claim " + std::to_string(i));
      const auto made = Call(*claims_, &pb::ClaimService::Stub::CreateClaim, request);
      ASSERT_TRUE(made.status.ok()) << made.status.error_message();
    }
    work_->exec(
        "INSERT INTO stances (quote_id, claim_id, holder_id, revision, standing, position, strength, ascribed, "
        "valid_from,"
        " valid_to, valid_printed, valid_basis, note, speaker_id, occurred_on, occurred_precision, held_from, held_to, "
        "author, via, reason,"
        " recorded_from, recorded_to) SELECT id, 1 + n % 100, 0, 1 + r, 1, 1 + n % 9, 2, false, 0, 999999999, '', 0, "
        "'',"
        " 1 + n % 40, occurred_on, occurred_precision, said_from, said_to, '', '', '', now(), CASE r WHEN 0 THEN now() "
        "ELSE 'infinity' END"
        " FROM (SELECT *, row_number() OVER ()::int AS n FROM quotes) q, generate_series(0, 1) r");
    work_->exec(
        "INSERT INTO claim_relations (claim_id, kind, other_id, note, author, recorded_from, recorded_to)"
        " SELECT a, kind, b, '', '', now(), CASE WHEN kind = 3 THEN 'infinity'::timestamptz ELSE now() END"
        " FROM generate_series(1, 50) a, generate_series(51, 100) b, generate_series(1, 6) kind");
    work_->exec(
        "INSERT INTO reviews (id, revision, claim_id, outlet_id, rating_text, verdict, url, title, reviewed_from,"
        " reviewed_to, reviewed_printed, reviewed_basis, language, note, author, via, create_time, recorded_from)"
        " SELECT md5(n::text)::uuid, 1, 1 + n % 100, 1 + n % 20, 'True', 5, '', '', 0, 999999999, '', 0, '', '', '', "
        "'',"
        " now(), now() FROM generate_series(1, 4000) n");
    work_->exec(
        "INSERT INTO change_labels (before_quote_id, before_claim_id, before_holder_id, after_quote_id, after_claim_id,"
        " after_holder_id, label, note, author, label_time, recorded_from) SELECT md5(n::text)::uuid, n, 0,"
        " md5(n::text)::uuid, n, 0, 1, '', '', now(), now() FROM generate_series(1, 4000) n");
    work_->exec(
        "INSERT INTO notices (id, revision, kind, article_id, text, url, issued_from, issued_to, issued_printed,"
        " issued_basis, embargo_until, note, author, via, create_time, recorded_from) SELECT md5(n::text)::uuid, 1,"
        " 1 + n % 7, md5((n % 500)::text)::uuid, '', '', 0, 999999999, '', 0, now(), '', '', '', now(), now()"
        " FROM generate_series(1, 4000) n");
    work_->exec(
        "INSERT INTO notice_states (notice_id, quote_id, appearance_id, revision, state, author, reason, recorded_from,"
        " recorded_to) SELECT md5((n % 50)::text)::uuid, md5(n::text)::uuid, md5(n::text)::uuid, 1 + r, 1, '', '', "
        "now(),"
        " CASE r WHEN 0 THEN now() ELSE 'infinity' END FROM generate_series(1, 4000) n, generate_series(0, 1) r");
    work_->exec(
        "INSERT INTO articles (id, outlet_id, url, headline, byline, dateline, stub, published_from, merged_into) "
        "SELECT"
        " md5(n::text)::uuid, 1 + n % 20, '', '', '', '', n % 10 = 0, 19000000 + n,"
        " CASE WHEN n % 10 = 0 THEN md5((n + 1)::text)::uuid END FROM generate_series(1, 4000) n");
    work_->exec("INSERT INTO article_keys SELECT md5('k' || id)::uuid, id FROM articles");
    work_->exec(
        "INSERT INTO article_links (article_id, kind, other_id, note, author, via, recorded_from, recorded_to) SELECT"
        " md5(n::text)::uuid, 1 + n % 7, md5((n % 1000 + 4001)::text)::uuid, '', '', '', now(), CASE n % 20 WHEN 0 THEN"
        " now() ELSE 'infinity'::timestamptz END FROM generate_series(1, 4000) n");
    work_->exec(
        "INSERT INTO identifications (quote_id, speaker_id, revision, state, confidence, reason, decision_reason, "
        "author,"
        " via, create_time, recorded_from, recorded_to) SELECT md5(n::text)::uuid, 1 + n % 50, 1, 1, 0, '', '', '', '',"
        " now(), now(), CASE n % 2 WHEN 0 THEN now() ELSE 'infinity' END FROM generate_series(1, 4000) n");
    work_->exec(
        "INSERT INTO speaker_moves (action, speaker_id, other_id, moved_time, added, quote_count, "
        "replaced_stance_count)"
        " SELECT 1, 1 + n % 50, 1 + (n + 1) % 50, now(), '', 0, 0 FROM generate_series(1, 4000) n");
    work_->exec(
        "INSERT INTO quote_links (quote_id, other_id, reference_first, relation, similarity, containment, closeness, "
        "state,"
        " speaker_id, other_speaker_id, author, reason, recorded_from, recorded_to) SELECT md5(n::text)::uuid,"
        " ('f' || right(md5((n % 1000)::text), 31))::uuid, true, 1, 1, 1, n, 1 + n % 3, 1 + n % 50, 1 + n % 40, '', '',"
        " now(), CASE n % 2 WHEN 0 THEN now() ELSE 'infinity' END FROM generate_series(1, 4000) n"
        " WHERE md5(n::text) < 'f'");
    work_->exec(
        "INSERT INTO quote_revisions (quote_id, revision, state, replaced_time) SELECT id, 1, '{}', now() FROM quotes");
    work_->exec(
        "INSERT INTO raw_records (quote_id, appearance_id, hash, format, raw, losses, article_key, import_id) SELECT"
        " md5(n::text)::uuid, md5(n::text)::uuid, sha256(n::text::bytea), '', '', '', md5((n % 500)::text)::uuid, 1"
        " FROM generate_series(1, 4000) n");
    Sql("ANALYZE");  // not of the temporary tables, which are as their sessions have them
  }

  std::string Plan(const pg::Statement& statement) {
    const std::string name = std::string("plan_of_") + statement.name;
    work_->exec("PREPARE " + name + " AS " + statement.text);
    const std::string types =
        work_
            ->exec("SELECT array_to_string(parameter_types, '|') FROM pg_prepared_statements WHERE name = '" +
                   std::string(name.size() > 63 ? name.substr(0, 63) : name) + "' OR lower(name) = lower('" + name +
                   "')")[0][0]
            .c_str();
    std::string values;
    const std::vector<std::string> all = absl::StrSplit(types, '|', absl::SkipEmpty());
    for (const std::string& type : all) {
      values += std::string(values.empty() ? "(" : ", ") + (type.ends_with("[]") ? "'{}'" : "NULL");
    }
    if (!values.empty()) values += ")";
    std::string plan;
    const pqxx::result lines = work_->exec(absl::StrCat("EXPLAIN EXECUTE ", name, values));
    for (const auto& line : lines) absl::StrAppend(&plan, line[0].c_str(), "\n");
    work_->exec("DEALLOCATE " + name);
    return plan;
  }

  void ExpectNamedIndexes() {
    work_->exec("SET enable_seqscan = off");
    int checked = 0;
    for (const pg::Statement* statement : pg::AllStatements()) {
      const std::string index = statement->index;
      if (index.empty() || statement->custom || IsDefinition(*statement)) continue;
      const std::string plan = Plan(*statement);
      EXPECT_NE(plan.find(" " + index + " "), std::string::npos)
          << statement->name << " does not use " << index << ":\n"
          << plan;
      ++checked;
    }
    EXPECT_GT(checked, 40);
  }

  void ExpectPagesOfWordsNeverWalkTheDateIndex() {
    for (const char* seqscan : {"on", "off"}) {
      work_->exec(std::string("SET enable_seqscan = ") + seqscan);
      for (const pg::Statement* statement : {&sql::kPageOfWordsNewest, &sql::kPageOfWordsOldest,
                                             &sql::kPageOfMarkedWordsNewest, &sql::kPageOfMarkedWordsOldest}) {
        const std::string plan = Plan(*statement);
        EXPECT_EQ(plan.find("quotes_occurred"), std::string::npos) << plan;
      }
    }
  }

  void ExpectReadQuotesThenLooksUpWhatItReads() {
    work_->exec("SET enable_seqscan = on");
    const std::string plan = Plan(sql::kReadQuotesThen);
    for (const char* table : {"quotes", "quote_revisions", "appearances", "articles"}) {
      EXPECT_EQ(plan.find(absl::StrCat("Seq Scan on ", table, " ")), std::string::npos) << plan;
    }
  }
};

TEST_F(StatementsTest, EveryStatement_IsPrepared) {
  std::set<std::string> names;
  for (const pg::Statement* statement : pg::AllStatements()) {
    SCOPED_TRACE(statement->name);
    EXPECT_TRUE(names.insert(statement->name).second);
    if (IsDefinition(*statement)) continue;
    EXPECT_NO_THROW(work_->exec(std::string("PREPARE p_") + statement->name + " AS " + statement->text));
  }
  EXPECT_GT(names.size(), 50U);
}

TEST_F(StatementsTest, EveryIndexNamed_Exists) {
  for (const pg::Statement* statement : pg::AllStatements()) {
    if (std::string(statement->index).empty()) continue;
    EXPECT_EQ(Sql(absl::StrCat("SELECT to_regclass('", statement->index, "') IS NOT NULL")), "t") << statement->name;
  }
}

// One test, since filling the tables takes much longer than asking for plans.
TEST_F(PlansTest, EveryStatement_OfALargeRecord_UsesTheIndexesItShould) {
  work_->exec("SET plan_cache_mode = force_generic_plan");
  ExpectNamedIndexes();
  ExpectPagesOfWordsNeverWalkTheDateIndex();
  ExpectReadQuotesThenLooksUpWhatItReads();
}

}  // namespace
}  // namespace onrecord
