// The text of a frame. See hub.hpp.
#include "deal/json.hpp"
#include "deal/show.hpp"
#include "live/hub.hpp"

namespace tributary {

void LiveDigest::add(const JournalEntry& entry) {
    ++rows_;
    ++counts_[static_cast<std::size_t>(entry.source)][static_cast<std::size_t>(entry.happening)];
    if (burst_) return;
    if (!events_.empty()) events_ += ',';
    append_journal(events_, entry);
    burst_ = rows_ > kEventsPerFrame || events_.size() > kEventBytesPerFrame;
    if (burst_) events_ = {};
}

std::string LiveDigest::text(std::uint64_t from, std::uint64_t to, std::string_view metrics, std::string_view imports) const {
    std::string out = R"({"type":"state")";
    if (!empty()) append_rows(out, from, to);
    if (!metrics.empty()) {
        out += ",\"metrics\":";
        out += metrics;
    }
    if (!imports.empty()) {
        out += ",\"imports\":";
        out += imports;
    }
    out += '}';
    return out;
}

void LiveDigest::append_rows(std::string& out, std::uint64_t from, std::uint64_t to) const {
    out = burst_ ? R"({"type":"burst","from":)" : R"({"type":"events","from":)";
    out += std::to_string(from);
    out += ",\"to\":";
    out += std::to_string(to);
    if (burst_) {
        out += ",\"counts\":{";
        for (std::size_t source = 0; source < counts_.size(); ++source) {
            std::string by_happening = "{";
            for (std::size_t happening = 0; happening < counts_[source].size(); ++happening) {
                if (counts_[source][happening] == 0) continue;
                append_key(by_happening, happening_key(static_cast<Happening>(happening)));
                by_happening += std::to_string(counts_[source][happening]);
            }
            if (by_happening.size() == 1) continue;
            append_key(out, source_key(static_cast<Source>(source)));
            out += by_happening;
            out += '}';
        }
        out += '}';
    } else {
        out += ",\"events\":[";
        out += events_;
        out += ']';
    }
}

} // namespace tributary
