// Manual entry: a person fills in a form of ours, which posts one deal as JSON. Called only by all.cpp.
#include "sources/json_deal.hpp"

namespace tributary {

SourceSpec manual_source() {
    Door door{.path = "/manual", .kind = DoorKind::One};
    door.read = [](const Arrival& arrival, std::string_view body) { return read_one_json_deal(arrival, body, Source::Manual); };
    return {.source = Source::Manual, .doors = {std::move(door)}};
}

} // namespace tributary
