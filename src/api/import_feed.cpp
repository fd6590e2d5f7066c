// See import_feed.hpp.
#include "api/import_feed.hpp"

#include "api/doors.hpp"
#include "api/gate.hpp"
#include "crm/crm.hpp"

#include "deal/json.hpp"
#include "deal/show.hpp"


namespace tributary {
namespace {

constexpr std::uint32_t kPiecesPerRead = 4; // of at most about 1 MiB
constexpr std::uint64_t kAnsweredAtEndBytes = 16 * 1024 * 1024;

std::shared_ptr<const CrmReading> account_of(const Call& call, const Import::Asked& asked) {
    for (const auto& [name, value] : asked) {
        const auto id = name == kConnectionOption ? parse_id(value) : std::nullopt;
        if (id) return call.app.crm.reading(*id);
    }
    return nullptr;
}

class Feed {
  public:
    Feed(const CallPtr& call, const Unit& unit, FeedFrom from)
        : call_(call), unit_(unit), asked_(asked_of(unit)), type_(stored_type(unit)), rules_(reading_rules(*call->app.ranks.of(call->scope)->settings())),
          account_(account_of(*call, asked_)), import_(std::move(from.import)), heard_(std::move(from.heard)) {
        rules_.crm = account_.get();
        import_->resume_with([gate = gate_] { gate->open(); });
        import_->on_first_rows([asked = asked_] { return asked; });
    }

    void run(const std::atomic<bool>& stopping, http::Reply reply) {
        const Door* door = door_of(unit_);
        auto done = door == nullptr ? Result<bool>(refuse(Reason::Invalid, "unknown_door", "Nothing reads what came by this door.")) : read_all(*door, stopping);
        if (!done) return import_->fail(done.error(), std::move(reply));
        if (!*done) return; // the program ends
        if (import_->refusal()) return import_->fail(*import_->refusal(), std::move(reply));
        import_->finish(std::move(understood_), std::move(reply));
    }

  private:
    [[nodiscard]] Arrival arrival() const {
        return {.content_type = type_, .query = asked_, .referer = {}, .user_agent = {}, .received_at = unit_.started_at, .rules = &rules_, .heard = heard_.get()};
    }

    // False: stopped before the end.
    Result<bool> read_all(const Door& door, const std::atomic<bool>& stopping) {
        if (!door.stream) return read_whole(door, stopping);
        if (!heard_) {
            auto listener = door.stream(arrival(), nullptr);
            if (!listener) return std::unexpected(std::move(listener.error()));
            if (*listener == nullptr) return read_whole(door, stopping);
            auto heard = read_pieces(**listener, stopping);
            if (!heard || !*heard) return heard;
            heard_ = (*listener)->heard();
        }
        auto reader = door.stream(arrival(), [this](ReadRow&& row) { return import_->push(std::move(row)); });
        if (!reader) return std::unexpected(std::move(reader.error()));
        running_ = true;
        auto read = read_pieces(**reader, stopping);
        understood_ = {.options = (*reader)->understood(), .file_name = {}, .skipped = (*reader)->skipped()};
        return read;
    }

    // Calls `take` with every stored piece; false when the program stops or the import takes no more.
    Result<bool> each_piece(const std::atomic<bool>& stopping, const std::function<Result<void>(const std::string&)>& take) {
        const Id bytes_of = unit_.replay_of.is_nil() ? unit_.id : unit_.replay_of;
        std::uint64_t read = 0;
        for (std::uint32_t ordinal = 0;;) {
            std::vector<RawPiece> pieces;
            call_->app.store.read(call_->scope, [&](LedgerReader& ledger) { pieces = ledger.read_raw(bytes_of, ordinal, kPiecesPerRead); });
            if (pieces.empty()) return true;
            ordinal = pieces.back().ordinal + 1;
            for (const RawPiece& piece : pieces) {
                if (stopping) return false;
                if (import_->cancelled()) return true;
                if (auto taken = take(piece.bytes); !taken) return std::unexpected(std::move(taken.error()));
                read += piece.bytes.size();
                if (running_) import_->at_byte(read);
            }
        }
    }

    Result<bool> read_pieces(RowReader& reader, const std::atomic<bool>& stopping) {
        auto all = each_piece(stopping, [&](const std::string& bytes) -> Result<void> {
            if (auto taken = reader.write(bytes); !taken) return taken;
            return pay(reader, stopping);
        });
        if (!all || !*all || import_->cancelled()) return all;
        if (auto finished = reader.finish(); !finished) return std::unexpected(std::move(finished.error()));
        if (auto paid = pay(reader, stopping); !paid) return std::unexpected(std::move(paid.error()));
        return !stopping;
    }

    Result<void> pay(RowReader& reader, const std::atomic<bool>& stopping) {
        while (!stopping) {
            while (running_ && import_->full()) gate_->wait();
            auto more = reader.more();
            (void)reader.take_raw(); // it is stored
            if (!more) return std::unexpected(std::move(more.error()));
            if (!*more) break;
        }
        return {};
    }

    Result<bool> read_whole(const Door& door, const std::atomic<bool>& stopping) {
        std::string body;
        const auto all = each_piece(stopping, [&](const std::string& bytes) -> Result<void> {
            body += bytes;
            return {};
        });
        if (!all || !*all) return all;
        auto read = door.read(arrival(), body);
        if (!read) return std::unexpected(std::move(read.error()));
        running_ = true;
        for (std::size_t at = 0; at < read->rows.size(); ++at) {
            if (stopping) return false;
            while (import_->full()) gate_->wait();
            if (!import_->push(std::move(read->rows[at]))) break;
            import_->at_byte(body.size() * (at + 1) / read->rows.size());
        }
        return true;
    }

    CallPtr call_;
    const Unit unit_;
    Import::Asked asked_;
    std::string type_;
    ReadingRules rules_;
    std::shared_ptr<const CrmReading> account_; // whose records they are
    std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
    std::shared_ptr<Import> import_;
    std::shared_ptr<const Heard> heard_;
    Import::Understood understood_;
    bool running_ = false; // rows are pushed
};

// What stands for the caller of an import that nobody waits for.
CallPtr call_without_caller(App& app, const TenantScope& scope, const Unit& unit) {
    http::Request request;
    request.method = "POST";
    request.path = unit.door;
    request.request_id = "resumed";
    return std::make_shared<Call>(Call{app, std::move(request), {}, scope, "resumed", unit.source, {}});
}

} // namespace

const Door* door_of(const Unit& unit) {
    for (const SourceSpec& spec : all_sources()) {
        if (spec.source != unit.source) continue;
        for (const Door& door : spec.doors) {
            if (door.path == unit.door) return &door;
        }
    }
    return nullptr;
}

// A form is gone when its file is stored: what is stored is the file, whatever it is. Of a single deal the form itself is.
std::string stored_type(const Unit& unit) {
    return unit.many && unit.content_type.starts_with("multipart/") ? std::string("application/octet-stream") : unit.content_type;
}

void feed_from_store(const CallPtr& call, const Unit& unit, const FeedFrom& from, const std::atomic<bool>& stopping, http::Reply reply) {
    Feed(call, unit, from).run(stopping, std::move(reply));
}

bool feed_as_job(const CallPtr& call, const Unit& unit, FeedFrom from, http::Reply reply) {
    return call->app.jobs.submit([call, unit, from = std::move(from), reply = std::move(reply)](const std::atomic<bool>& stopping) {
        feed_from_store(call, unit, from, stopping, reply);
    });
}

bool prefers_later(const Call& call) { return call.request.header("prefer").find("respond-async") != std::string_view::npos; }

bool answered_at_end(const Call& call, std::uint64_t raw_bytes) {
    if (prefers_later(call)) return false;
    if (call.request.header("prefer").starts_with("wait")) return true;
    return raw_bytes <= kAnsweredAtEndBytes && !call.app.jobs.busy();
}

http::Response going_on(const Unit& unit) {
    std::string body = R"({"status":"success","import":)";
    append_unit(body, unit);
    body += '}';
    auto response = json_reply(202, std::move(body));
    response.headers.emplace_back("Location", "/api/sales/imports/" + unit.id.text());
    return response;
}

Refusal too_many_wait() {
    return {.reason = Reason::Unavailable, .code = "busy", .message = "Too many imports wait; try again.", .details = {}, .retry_after_s = 5};
}

Refusal not_writable() {
    return {.reason = Reason::Unavailable, .code = "unavailable", .message = "The store is not writable; try again.", .details = {}, .retry_after_s = 1};
}

bool can_go_on(const Unit& unit) {
    const auto wishes = import_wishes(asked_of(unit));
    return wishes && !unit.sha256.empty();
}

void go_on_with_import(App& app, const TenantScope& scope, const Unit& cut_off) {
    Unit unit = cut_off;
    const auto wishes = import_wishes(asked_of(unit));
    if (wishes && wishes->dry_run && unit.plan.empty()) unit.counts = {}; // what a dry run had gathered is gone: it begins anew
    const CallPtr call = call_without_caller(app, scope, unit);
    const auto import = std::make_shared<Import>(call, unit, nullptr);
    if (!unit.plan.empty()) import->apply_plan(true);
    import->go_on();
    if (!feed_as_job(call, unit, {.import = import, .heard = nullptr}, nullptr)) import->fail(too_many_wait(), nullptr);
}

} // namespace tributary
