#include "services/articles/articles_chains.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "db/statements.h"
#include "services/api/names.h"
#include "services/articles/articles_links.h"
#include "services/articles/articles_rules.h"
#include "services/base/status.h"

namespace onrecord::store {
namespace {

// An article that words of a quote are known to have come through.
struct Candidate {
  std::string article;
  int since = api::kOpenFrom;  // the first day on which it can have been published
};

class Chains {
 public:
  Chains(pg::Session& db, std::vector<Printing>& printings) : db_(db), printings_(printings) {}

  absl::Status Name(std::string_view author, std::string_view via) {
    RETURN_IF_ERROR(LookUpCandidates());
    for (Printing& printing : printings_) NameHops(printing);
    return InsertStubs(author, via);
  }

  // Later and earlier articles that follow each other.
  std::vector<ArticlePair> Pairs() const {
    std::set<ArticlePair> pairs;
    for (const Printing& printing : printings_) {
      for (std::size_t i = 0; i < printing.hops.size(); ++i) {
        const bool last = i + 1 == printing.hops.size();
        const std::string& later = last ? printing.article_id : printing.hop_articles[i + 1];
        if (!later.empty()) pairs.emplace(later, printing.hop_articles[i]);
      }
    }
    return {pairs.begin(), pairs.end()};
  }

 private:
  using QuoteAndOutlet = std::pair<std::string, std::int64_t>;

  absl::Status LookUpCandidates() {
    std::vector<std::string> quotes;
    std::vector<std::int64_t> outlets;
    for (const Printing& printing : printings_) {
      for (const std::int64_t outlet : printing.hops) {
        if (!candidates_.try_emplace({printing.quote_id, outlet}).second) continue;
        quotes.push_back(printing.quote_id);
        outlets.push_back(outlet);
      }
    }
    ASSIGN_OR_RETURN(const pqxx::result rows,
                     db_.Run(sql::kHopsOfQuotes, pg::TextArray(quotes), pg::IntArray(outlets)));
    for (const auto& row : rows) {
      candidates_[{api::BareUuid(row[0].c_str()), row[1].as<std::int64_t>()}].push_back(
          {api::BareUuid(row[2].c_str()), row[3].as<int>()});
    }
    for (const Printing& printing : printings_) {
      const auto wanted = candidates_.find({printing.quote_id, printing.outlet_id});
      if (wanted == candidates_.end() || printing.article_id.empty()) continue;
      wanted->second.push_back({printing.article_id, printing.published.from});
    }
    return absl::OkStatus();
  }

  void NameHops(Printing& printing) {
    std::set<std::string> used(printing.hop_articles.begin(), printing.hop_articles.end());
    used.insert(printing.article_id);
    for (std::size_t i = 0; i < printing.hops.size(); ++i) {
      std::vector<Candidate>& candidates = candidates_[{printing.quote_id, printing.hops[i]}];
      std::string& article = printing.hop_articles[i];
      if (article.empty()) {
        const auto fits = [&](const Candidate& candidate) {
          return candidate.since <= printing.published.to && !used.contains(candidate.article);
        };
        const auto found = std::find_if(candidates.begin(), candidates.end(), fits);
        article = found != candidates.end() ? found->article : AddStub(printing, i);
      }
      used.insert(article);
      const auto same = [&](const Candidate& candidate) { return candidate.article == article; };
      if (std::none_of(candidates.begin(), candidates.end(), same)) candidates.push_back({article});
    }
  }

  std::string AddStub(const Printing& printing, std::size_t hop) {
    const std::string& credits = printing.article_id.empty() ? printing.quote_id : printing.article_id;
    std::string id = rules::StubId(credits, absl::MakeConstSpan(printing.hops).subspan(hop));
    stubs_.try_emplace(id, printing.hops[hop], printing.published.to);
    return id;
  }

  absl::Status InsertStubs(std::string_view author, std::string_view via) {
    if (stubs_.empty()) return absl::OkStatus();
    std::vector<std::string> ids;
    std::vector<std::int64_t> outlets, days;
    for (const auto& [id, stub] : stubs_) {
      ids.push_back(id);
      outlets.push_back(stub.first);
      days.push_back(stub.second);
    }
    RETURN_IF_ERROR(
        db_.Run(sql::kInsertStubs, pg::TextArray(ids), pg::IntArray(outlets), pg::IntArray(days), author, via)
            .status());
    // Some may have turned out to be other articles since.
    ASSIGN_OR_RETURN(const pqxx::result rows, db_.Run(sql::kLeadOfArticles, pg::TextArray(ids)));
    std::map<std::string, std::string> led;
    for (const auto& row : rows) led[api::BareUuid(row[0].c_str())] = api::BareUuid(row[1].c_str());
    for (Printing& printing : printings_) {
      for (std::string& article : printing.hop_articles) {
        if (const auto found = led.find(article); found != led.end()) article = found->second;
      }
    }
    return absl::OkStatus();
  }

  pg::Session& db_;
  std::vector<Printing>& printings_;
  std::map<QuoteAndOutlet, std::vector<Candidate>> candidates_;
  std::map<std::string, std::pair<std::int64_t, int>> stubs_;  // outlet, last day
};

}  // namespace

std::string HopArticleIds(const Printing& printing) {
  std::vector<std::string> ids = printing.hop_articles;
  for (std::string& id : ids) {
    if (id.empty()) id.assign(32, '0');
  }
  return pg::TextArray(ids);
}

absl::Status WriteChains(pg::Session& db, std::vector<Printing>& printings, std::string_view author,
                         std::string_view via) {
  const auto travelled = [](const Printing& printing) { return !printing.hops.empty(); };
  if (std::none_of(printings.begin(), printings.end(), travelled)) return absl::OkStatus();
  Chains chains(db, printings);
  RETURN_IF_ERROR(chains.Name(author, via));
  return AddRelayLinks(db, chains.Pairs(), author, via);
}

}  // namespace onrecord::store
