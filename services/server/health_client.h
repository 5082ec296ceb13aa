// Asks a server's grpc.health.v1 service, as scripts and supervisors do.
#pragma once

#include <string>

namespace onrecord {

// 0 when the server at `address` is SERVING within 2 s; else 1, with one line on standard error.
int CheckHealth(const std::string& address);

}  // namespace onrecord
