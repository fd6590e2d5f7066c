// See import_feed.hpp.
#include "api/import_feed.hpp"

#include "api/doors.hpp"
#include "api/gate.hpp"

#include "deal/json.hpp"

#include <boost/json/array.hpp>

namespace tributary {
namespace {

constexpr std::uint32_t kPiecesPerRead = 4; // of at most about 1 MiB

const Door* door_of(const Unit& unit) {
    for (const SourceSpec& spec : all_sources()) {
        if (spec.source != unit.source) continue;
        for (const Door& door : spec.doors) {
            if (door.path == unit.door) return &door;
        }
    }
    return nullptr;
}

Import::Asked asked_of(const Unit& unit) {
    Import::Asked asked;
    const auto json = unit.asked.empty() ? Result<boost::json::value>(boost::json::array()) : parse_json(unit.asked);
    if (!json || !json->is_array()) return asked;
    for (const auto& pair : json->as_array()) {
        if (pair.is_array() && pair.as_array().size() == 2) asked.emplace_back(scalar_text(pair.as_array()[0]), scalar_text(pair.as_array()[1]));
    }
    return asked;
}

// A form is gone when its file is stored: what is stored is the file, whatever it is.
std::string stored_type(const Unit& unit) {
    return unit.content_type.starts_with("multipart/") ? std::string("application/octet-stream") : unit.content_type;
}

class Feed {
  public:
    Feed(const CallPtr& call, const Unit& unit, const std::function<void(Import&)>& prepare)
        : call_(call), unit_(unit), asked_(asked_of(unit)), type_(stored_type(unit)), rules_(reading_rules(*call->app.ranks.of(call->scope)->settings())),
          import_(std::make_shared<Import>(call, unit, [gate = gate_] { gate->open(); })) {
        import_->on_first_rows([asked = asked_] { return asked; });
        prepare(*import_);
    }

    void run(const std::atomic<bool>& stopping, http::Reply reply) {
        const Door* door = door_of(unit_);
        auto done = door == nullptr ? Result<bool>(refuse(Reason::Invalid, "unknown_door", "Nothing reads what came by this door.")) : read_all(*door, stopping);
        if (!done) return import_->fail(done.error(), std::move(reply));
        if (!*done) return; // the program ends
        if (import_->refusal()) return import_->fail(*import_->refusal(), std::move(reply));
        import_->finish({}, {}, std::move(reply));
    }

  private:
    [[nodiscard]] Arrival arrival() const {
        return {.content_type = type_, .query = asked_, .referer = {}, .user_agent = {}, .received_at = unit_.started_at, .rules = &rules_};
    }

    // False: stopped before the end.
    Result<bool> read_all(const Door& door, const std::atomic<bool>& stopping) {
        std::unique_ptr<RowReader> reader;
        if (door.stream) {
            auto made = door.stream(arrival(), [this](ReadRow&& row) { return import_->push(std::move(row)); });
            if (!made) return std::unexpected(std::move(made.error()));
            reader = std::move(*made);
        }
        std::string whole;
        for (std::uint32_t ordinal = 0;;) {
            if (stopping) return false;
            std::vector<RawPiece> pieces;
            call_->app.store.read(call_->scope, [&](LedgerReader& ledger) { pieces = ledger.read_raw(unit_.id, ordinal, kPiecesPerRead); });
            if (pieces.empty()) break;
            ordinal = pieces.back().ordinal + 1;
            for (const RawPiece& piece : pieces) {
                if (!reader) {
                    whole += piece.bytes;
                    continue;
                }
                if (auto taken = reader->write(piece.bytes); !taken) return std::unexpected(std::move(taken.error()));
                if (auto paid = pay(*reader); !paid) return std::unexpected(std::move(paid.error()));
            }
        }
        if (!reader) return read_whole(door, whole);
        if (auto finished = reader->finish(); !finished) return std::unexpected(std::move(finished.error()));
        if (auto paid = pay(*reader); !paid) return std::unexpected(std::move(paid.error()));
        return true;
    }

    Result<void> pay(RowReader& reader) {
        for (;;) {
            while (import_->full()) gate_->wait();
            auto more = reader.more();
            (void)reader.take_raw(); // it is stored
            if (!more) return std::unexpected(std::move(more.error()));
            if (!*more) return {};
        }
    }

    Result<bool> read_whole(const Door& door, const std::string& body) {
        auto read = door.read(arrival(), body);
        if (!read) return std::unexpected(std::move(read.error()));
        for (ReadRow& row : read->rows) {
            while (import_->full()) gate_->wait();
            if (!import_->push(std::move(row))) break;
        }
        return true;
    }

    CallPtr call_;
    const Unit& unit_;
    Import::Asked asked_;
    std::string type_;
    ReadingRules rules_;
    std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
    std::shared_ptr<Import> import_;
};

} // namespace

void feed_from_store(const CallPtr& call, const Unit& unit, const std::function<void(Import&)>& prepare, const std::atomic<bool>& stopping, http::Reply reply) {
    Feed(call, unit, prepare).run(stopping, std::move(reply));
}

} // namespace tributary
