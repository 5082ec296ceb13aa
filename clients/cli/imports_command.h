// imports, revert-import: what was imported, what was not taken, and taking it back.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "clients/cli/context.h"

namespace onrecord::cli {

void AddImportsCommand(CLI::App& app, Context& context);
void AddRevertImportCommand(CLI::App& app, Context& context);
// "imports/3" for "imports/3" and "3".
std::string ImportName(const std::string& typed);

}  // namespace onrecord::cli
