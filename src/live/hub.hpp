// Who is watching, and what they are told. Writers publish committed journal rows; once a tick every watcher of a workspace
// gets one shared frame that covers a range of journal numbers without a gap. No sockets in here; a watcher that cannot keep
// up is dropped, never waited for. Thread-safe.
#pragma once
#include "deal/journal.hpp"

#include <array>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace tributary {

class Watcher {
  public:
    virtual ~Watcher() = default;
    // Takes a finished frame without waiting. False: it is gone or too slow, and closes itself; the hub forgets it.
    [[nodiscard]] virtual bool send(const std::shared_ptr<const std::string>& frame) = 0;
    // A hint that send() follows at once: what it will touch may be fetched from memory, nothing else happens.
    virtual void expect_send() const {}
};

// What a workspace's watchers have to be told since the last frame: the rows themselves, or, above kEventsPerFrame rows or kEventBytesPerFrame bytes, their counts.
class LiveDigest {
  public:
    static constexpr std::size_t kEventsPerFrame = 100;
    static constexpr std::size_t kEventBytesPerFrame = 96 * 1024; // well below what a socket may have queued
    void add(const JournalEntry& entry);
    [[nodiscard]] bool empty() const { return rows_ == 0; }
    [[nodiscard]] std::uint64_t rows() const { return rows_; }
    [[nodiscard]] bool is_burst() const { return burst_; }
    // {"type":"events"|"burst","from","to",...,"metrics":{...},"imports":[...]}; `metrics` is a JSON object or empty, `imports` a JSON array
    // or empty. Without rows {"type":"state","metrics","imports"}: nothing has happened that has a number.
    [[nodiscard]] std::string text(std::uint64_t from, std::uint64_t to, std::string_view metrics, std::string_view imports = {}) const;

  private:
    void append_rows(std::string& out, std::uint64_t from, std::uint64_t to) const;
    std::uint64_t rows_ = 0;
    bool burst_ = false;  // too much to show row by row
    std::string events_;  // JSON of the rows so far, comma separated; given up in a burst
    std::array<std::array<std::uint64_t, 11>, kSourceCount + 1> counts_{}; // by source and happening
};

class Hub {
  public:
    // Turns a text into the bytes that go onto the wire, once for all watchers.
    using FrameMaker = std::function<std::shared_ptr<const std::string>(std::string_view text)>;
    // The metrics object of a workspace as it stands, JSON text.
    using MetricsText = std::function<std::string(std::int64_t workspace)>;
    // The imports that are under way in a workspace, a JSON array, or empty for none.
    using ImportsText = std::function<std::string(std::int64_t workspace)>;

    // From the end of a broadcast to the next: at most four frames in any second for a watcher, and the larger the room, the
    // fewer. The first event after a pause goes at once.
    static constexpr int kTickMs = 300;
    // After a frame of single rows for a few watchers, so that what colleagues do one by one is on screen within a quarter of a second.
    static constexpr int kQuickTickMs = 140;
    static constexpr std::size_t kQuickWatchersMax = 100;

    Hub(FrameMaker make_frame, MetricsText metrics, ImportsText imports = {});
    ~Hub();
    Hub(const Hub&) = delete;
    Hub& operator=(const Hub&) = delete;

    // Adds a watcher that has been told everything up to `told` (journal number of the tenant). Answers nullopt when rows after
    // `told` have been published that the hub no longer holds: the caller replays up to last() from the store and asks again.
    [[nodiscard]] std::optional<std::uint64_t> watch(std::int64_t tenant, std::int64_t workspace, std::shared_ptr<Watcher> watcher, std::uint64_t told);
    void unwatch(std::int64_t tenant, std::int64_t workspace, std::uint64_t watcher_id);
    // Rows of one tenant and workspace, committed, in order of their numbers. Called by the writer.
    void publish(std::int64_t tenant, std::int64_t workspace, const std::vector<JournalEntry>& rows);
    // What stands beside the rows has changed: the next frame comes even when no row does.
    void note(std::int64_t tenant, std::int64_t workspace);
    // The last journal number published for the tenant; 0 when none was since the start.
    [[nodiscard]] std::uint64_t last(std::int64_t tenant) const;
    [[nodiscard]] std::size_t watchers() const;
    [[nodiscard]] std::uint64_t dropped() const;
    void stop();

  private:
    using Crowd = std::vector<std::pair<std::uint64_t, std::shared_ptr<Watcher>>>;
    struct Room { // of one workspace
        std::map<std::uint64_t, std::shared_ptr<Watcher>> watchers; // in the order in which they came
        std::shared_ptr<const Crowd> crowd; // the same, to be walked without the lock; null when somebody came or went since
        LiveDigest digest;                  // since the last frame
        bool noted = false;                 // a frame is due without rows, too
        std::uint64_t told = 0;             // the last number the watchers were told about
        std::uint64_t held_from = 0;        // the digest holds everything after this number
        std::int64_t last_frame_ms = 0;     // steady clock; when the last watcher had been handed it
        int pause_ms = 0;                   // from then to the next
    };
    struct Tenant { std::uint64_t last = 0; std::map<std::int64_t, Room> rooms; };

    void run();
    // Sends what is due and says how many milliseconds until something will be; -1 when nothing waits.
    int flush_due(std::unique_lock<std::mutex>& lock);
    void tell(std::unique_lock<std::mutex>& lock, std::int64_t tenant, std::int64_t workspace, Room& room);
    // Answers who is gone or too slow.
    [[nodiscard]] static std::vector<std::uint64_t> hand_out(const std::shared_ptr<const std::string>& frame, const Crowd& crowd);

    FrameMaker make_frame_;
    MetricsText metrics_;
    ImportsText imports_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::map<std::int64_t, Tenant> tenants_;
    std::uint64_t next_id_ = 1;
    std::size_t watchers_ = 0;
    std::uint64_t dropped_ = 0;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace tributary
