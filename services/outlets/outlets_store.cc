#include "services/outlets/outlets_store.h"

#include "services/names/names_rules.h"
#include "services/names/names_store.h"
#include "services/outlets/outlets_rules.h"

namespace onrecord::store {
namespace {

NameState StateOf(const pb::Outlet& outlet) {
  std::vector<FoundBy> found_by = FoundByDisplayName(outlet.display_name(), /*last_word=*/false);
  for (const std::string& alias : outlet.aliases()) {
    found_by.push_back({pb::RESOLVE_REASON_OTHER_NAME, alias, FoldName(alias)});
  }
  return {outlet.display_name(), ToBody(outlet), std::move(found_by), {}};
}

}  // namespace

absl::StatusOr<pb::Outlet> CreateOutlet(api::Call& call, const pb::CreateOutletRequest& request) {
  return CreateName(call, request, request.outlet_id(), request.outlet(), [&](const std::string& slug) {
    return InsertName(call, NameTable::kOutlets, slug, StateOf(request.outlet())).status();
  });
}

absl::StatusOr<pb::Outlet> UpdateOutlet(api::Call& call, const pb::UpdateOutletRequest& request) {
  return ChangeName(call, request, "outlet.name", request.outlet(),
                    rules::ChangedFields<pb::Outlet>(request.update_mask()), rules::CheckOutlet,
                    [&](std::int64_t id, const pb::Outlet&, const pb::Outlet& next) {
                      return UpdateName(call, NameTable::kOutlets, id, request.reason(), StateOf(next));
                    });
}

}  // namespace onrecord::store
