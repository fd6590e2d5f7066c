// The words for what happened.
#include "deal/journal.hpp"

#include <array>

namespace tributary {

std::string_view happening_key(Happening happening) {
    // In the order of the enumeration.
    static constexpr std::array<std::string_view, 11> kKeys{"created",      "updated",      "deleted",        "restored",
                                                            "activity",     "automation",   "import_started", "import_finished",
                                                            "lead_created", "lead_updated", "received"};
    return kKeys.at(static_cast<std::size_t>(happening));
}

} // namespace tributary
