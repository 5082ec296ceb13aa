// imports: what was imported, and what was not taken.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "clients/cli/context.h"

namespace onrecord::cli {

void AddImportsCommand(CLI::App& app, Context& context);
// "imports/3" for "imports/3" and "3".
std::string ImportName(const std::string& typed);

}  // namespace onrecord::cli
