#include "services/api/as_of.h"

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "google/protobuf/util/time_util.h"
#include "services/base/status.h"
#include "services/base/strings.h"

namespace onrecord::api {
namespace {

constexpr std::int64_t kFirstSecond = -62135596800;  // 0001-01-01, the first that google.protobuf.Timestamp allows
constexpr std::int64_t kLastSecond = 253402300799;
constexpr int kNanosPerSecond = 1000000000;

}  // namespace

absl::StatusOr<std::string> FormatMoment(const google::protobuf::Timestamp& as_of) {
  if (as_of.seconds() < kFirstSecond || as_of.seconds() > kLastSecond || as_of.nanos() < 0 ||
      as_of.nanos() >= kNanosPerSecond) {
    return RefuseFields({{pb::ERROR_REASON_VALUE_INVALID, "as_of", "is no time between the years 1 and 9999"}});
  }
  const absl::Time moment = absl::FromUnixSeconds(as_of.seconds()) + absl::Nanoseconds(as_of.nanos());
  if (moment > absl::Now()) {
    return RefuseFields(
        {{pb::ERROR_REASON_VALUE_INVALID, "as_of", "lies in the future; leave it out for what the record holds now"}});
  }
  return absl::FormatTime("%E4Y-%m-%d %H:%M:%E6S+00", moment, absl::UTCTimeZone());
}

absl::Status NotRecordedYet(const std::string& name, const google::protobuf::Timestamp& first_recorded) {
  const std::string time = google::protobuf::util::TimeUtil::ToString(first_recorded);
  return Refuse(absl::StatusCode::kNotFound, pb::ERROR_REASON_NOT_RECORDED_YET,
                StrCat("as_of: ", name, " was not recorded yet; it was first recorded at ", time),
                {{"name", name}, {"create_time", time}});
}

}  // namespace onrecord::api
