// A body that is read as it comes. A small one is run as it is read; of a large one, or one of unknown length, the bytes are stored first
// and heard, and its rows run from the store (import_feed.hpp). See doors.hpp.
#include "api/doors.hpp"
#include "api/import.hpp"
#include "api/import_feed.hpp"
#include "api/mapping_shelf.hpp"
#include "api/replies.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace tributary {
namespace {

constexpr std::uint64_t kRunAsItComesBytes = 1024 * 1024; // of the body

// Gives a streamed body to a source's reader, and what comes out of it to an import. The reader may owe something after every write;
// while the import is full it waits, and so does the body. What is owed is paid on a reader thread once there is room again.
class StreamedDoor final : public http::BodyTaker, public std::enable_shared_from_this<StreamedDoor> {
  public:
    StreamedDoor(CallPtr call, ReadingRules rules, std::function<void()> resume)
        : call_(std::move(call)), rules_(std::move(rules)), resume_(std::move(resume)),
          stored_first_(prefers_later(*call_) || call_->request.content_length.value_or(kRunAsItComesBytes + 1) > kRunAsItComesBytes) {}

    Result<bool> open(const Door& door) {
        const auto room = [weak = weak_from_this()] {
            if (const auto self = weak.lock()) self->there_is_room();
        };
        import_ = std::make_shared<Import>(call_, new_unit(*call_, door.path, true), room);
        if (stored_first_) import_->is_stored_first();
        import_->on_first_rows([this] {
            auto asked = reader_->asked();
            return asked.empty() ? import_options(call_->request.query) : asked;
        });
        if (const auto wishes = import_wishes(call_->request.query); !wishes) return std::unexpected(wishes.error());
        const RowSink sink = [this](ReadRow&& row) { return import_->push(std::move(row)); };
        Arrival arrival = arrival_of(*call_, rules_);
        arrival.mappings = mapping_shelf(call_);
        auto reader = door.stream(arrival, stored_first_ ? RowSink() : sink);
        if (!reader) return std::unexpected(std::move(reader.error()));
        reader_ = std::move(*reader);
        if (reader_ == nullptr) return false;
        if (auto ready = import_->begin(); !ready) return std::unexpected(std::move(ready.error()));
        return true;
    }

    bool write(std::string_view bytes) override {
        const std::lock_guard lock(mutex_);
        note(reader_->write(bytes));
        return !refusal_ && !import_->cancelled();
    }

    bool full() override {
        const std::lock_guard lock(mutex_);
        return !pay();
    }

    void finish(http::Reply reply) override {
        const std::lock_guard lock(mutex_);
        if (!refusal_ && !import_->cancelled()) {
            note(reader_->finish());
            if (!refusal_ && !stored_first_) import_->raw_is_whole();
        }
        reply_ = std::move(reply);
        if (pay()) answer();
    }

    void abandon() override {
        const std::lock_guard lock(mutex_);
        abandoned_ = true;
        import_->abandon();
    }

  private:
    void note(const Result<void>& taken) {
        if (!taken) refusal_ = taken.error();
        else if (import_->refusal()) refusal_ = import_->refusal();
        import_->keep_raw(reader_->take_raw());
    }

    // Gives the import what the reader owes; false when the import is full, and there_is_room() will come.
    bool pay() {
        while (!refusal_ && !abandoned_ && !import_->cancelled()) {
            if (import_->full()) return false;
            const auto more = reader_->more();
            import_->keep_raw(reader_->take_raw());
            if (!more) refusal_ = more.error();
            else if (import_->refusal()) refusal_ = import_->refusal();
            else if (!*more) break;
        }
        return true;
    }

    void there_is_room() {
        const bool taken = call_->app.readers.submit([self = shared_from_this()] { self->pay_on(); });
        if (!taken) pay_on(); // stopping: the writer's own thread must do
    }

    void pay_on() {
        {
            const std::lock_guard lock(mutex_);
            if (abandoned_ || !pay()) return;
            if (reply_) return answer();
        }
        resume_();
    }

    void answer() {
        auto reply = std::exchange(reply_, nullptr);
        if (refusal_) return import_->fail(*refusal_, std::move(reply));
        if (stored_first_ && !import_->replays() && !import_->cancelled()) return run_from_store(std::move(reply));
        import_->finish({.options = reader_->understood(), .file_name = reader_->file_name(), .skipped = reader_->skipped()}, std::move(reply));
    }

    // Everything is stored but for the last slice. The answer is the import's end, or that it goes on.
    void run_from_store(http::Reply reply) {
        const bool at_end = answered_at_end(*call_, import_->raw_bytes());
        import_->received(reader_->file_name(), at_end ? nullptr : going_on, [self = shared_from_this(), reply, at_end](bool stored) {
            const auto& call = self->call_;
            if (!stored) return self->import_->fail(unstored(), reply);
            const Unit unit = self->import_->unit();
            FeedFrom from{.import = self->import_, .heard = self->reader_->heard()};
            if (!feed_as_job(call, unit, std::move(from), at_end ? reply : nullptr)) return self->import_->fail(too_many_wait(), reply);
            if (!at_end) reply(going_on(unit));
        });
    }

    static Refusal unstored() {
        return {.reason = Reason::Unavailable, .code = "unavailable", .message = "The input could not be stored; send it again.", .details = {}, .retry_after_s = 1};
    }

    CallPtr call_;
    ReadingRules rules_;
    std::function<void()> resume_;
    const bool stored_first_;
    std::mutex mutex_; // the connection's thread and a reader thread take turns here
    std::shared_ptr<Import> import_;
    std::unique_ptr<RowReader> reader_;
    std::optional<Refusal> refusal_;
    http::Reply reply_;
    bool abandoned_ = false;
};

} // namespace

Result<std::shared_ptr<http::BodyTaker>> enter_streaming(const CallPtr& call, const Door& door, std::function<void()> resume) {
    const auto settings = call->app.ranks.of(call->scope)->settings();
    const auto taker = std::make_shared<StreamedDoor>(call, reading_rules(*settings), std::move(resume));
    const auto streams = taker->open(door);
    if (!streams) return std::unexpected(streams.error());
    return *streams ? std::shared_ptr<http::BodyTaker>(taker) : nullptr;
}

} // namespace tributary
