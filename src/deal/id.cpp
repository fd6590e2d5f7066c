// UUID version 7 (RFC 9562, section 5.7): 48 bits of milliseconds, a 20-bit counter in the bits after them, 54 bits that
// nobody outside the process can guess; in a numbered id the last 40 of them are the number, folded with all bits before it.
// Any thread may call.
#include "deal/id.hpp"

#include <algorithm>
#include <atomic>
#include <random>

namespace tributary {
namespace {

constexpr int kCounterBits = 20;                                 // a million ids per millisecond; more run into the next one
constexpr std::int64_t kTimeMsMax = (std::int64_t{1} << 44) - 1; // the year 2527: time and counter share one atomic word

struct ProcessRandom {
    std::uint64_t first = 0;
    std::uint64_t second = 0;
};

const ProcessRandom& process_random() {
    static const ProcessRandom random = [] {
        std::random_device device;
        const auto word = [&device] { return (std::uint64_t{device()} << 32U) | device(); };
        return ProcessRandom{.first = word(), .second = word()};
    }();
    return random;
}

// splitmix64's finaliser, keyed twice: each tick gives other bits, and no bits give away the next.
std::uint64_t scramble(std::uint64_t tick) {
    const ProcessRandom& random = process_random();
    std::uint64_t bits = tick + random.first;
    bits = (bits ^ (bits >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    bits = (bits ^ (bits >> 27U)) * 0x94D049BB133111EBULL;
    bits ^= random.second;
    bits = (bits ^ (bits >> 32U)) * 0xD6E8FEB86659FD93ULL;
    return bits ^ (bits >> 31U);
}

// Milliseconds and counter as one number that only grows.
std::uint64_t next_tick(std::int64_t now_ms) {
    static std::atomic<std::uint64_t> last{0};
    const auto floor = static_cast<std::uint64_t>(std::clamp<std::int64_t>(now_ms, 0, kTimeMsMax)) << kCounterBits;
    std::uint64_t seen = last.load(std::memory_order_relaxed);
    while (true) {
        const std::uint64_t next = std::max(floor, seen + 1);
        if (last.compare_exchange_weak(seen, next, std::memory_order_relaxed)) return next;
    }
}

struct Halves {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
};
constexpr std::uint64_t kNumberMask = static_cast<std::uint64_t>(kIdNumberMax);

Halves fresh_halves(std::int64_t now_ms) {
    const std::uint64_t tick = next_tick(now_ms);
    const std::uint64_t ms = tick >> kCounterBits;
    const std::uint64_t counter = tick & ((1U << kCounterBits) - 1);
    // rand_a holds the counter's upper 12 bits; rand_b begins with its lower 8, so ids sort as they were made.
    return {.high = (ms << 16U) | 0x7000U | (counter >> 8U),
            .low = (std::uint64_t{2} << 62U) | ((counter & 0xFFU) << 54U) | (scramble(tick) >> 10U)};
}

// Of everything in the id but the number, with splitmix64's finaliser; the same in every process.
std::uint64_t fold(const Halves& halves) {
    std::uint64_t bits = halves.high ^ ((halves.low & ~kNumberMask) >> 1U);
    bits = (bits ^ (bits >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    bits = (bits ^ (bits >> 27U)) * 0x94D049BB133111EBULL;
    return bits ^ (bits >> 31U);
}

Id id_of(const Halves& halves) {
    Id id;
    for (std::size_t at = 0; at < 8; ++at) {
        id.bytes[at] = static_cast<std::uint8_t>(halves.high >> (56U - 8U * at));
        id.bytes[8 + at] = static_cast<std::uint8_t>(halves.low >> (56U - 8U * at));
    }
    return id;
}

int hex_value(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    const char lower = static_cast<char>(digit | 0x20);
    if (lower >= 'a' && lower <= 'f') return lower - 'a' + 10;
    return -1;
}

constexpr bool dash_at(std::size_t at) { return at == 8 || at == 13 || at == 18 || at == 23; }
constexpr std::size_t kIdTextBytes = 36;

// Writes kIdTextBytes characters.
void write_text(const Id& id, char* to) {
    static constexpr char kHex[] = "0123456789abcdef";
    for (std::size_t byte = 0; byte < id.bytes.size(); ++byte) {
        if (byte == 4 || byte == 6 || byte == 8 || byte == 10) *to++ = '-';
        *to++ = kHex[id.bytes[byte] >> 4U];
        *to++ = kHex[id.bytes[byte] & 0xFU];
    }
}

} // namespace

std::string Id::text() const {
    std::string out(kIdTextBytes, '-');
    write_text(*this, out.data());
    return out;
}

void append_id(std::string& out, const Id& id) {
    if (id.is_nil()) {
        out += "null";
        return;
    }
    char quoted[kIdTextBytes + 2];
    quoted[0] = '"';
    write_text(id, quoted + 1);
    quoted[kIdTextBytes + 1] = '"';
    out.append(quoted, sizeof quoted);
}

std::optional<Id> parse_id(std::string_view text) {
    if (text.size() != kIdTextBytes) return std::nullopt;
    Id id;
    std::size_t at = 0;
    for (std::uint8_t& byte : id.bytes) {
        if (dash_at(at)) {
            if (text[at] != '-') return std::nullopt;
            ++at;
        }
        const int high = hex_value(text[at++]);
        const int low = hex_value(text[at++]);
        if (high < 0 || low < 0) return std::nullopt;
        byte = static_cast<std::uint8_t>(high * 16 + low);
    }
    return id;
}

Id new_id(std::int64_t now_ms) { return id_of(fresh_halves(now_ms)); }

Id numbered_id(std::int64_t now_ms, std::int64_t number) {
    Halves halves = fresh_halves(now_ms);
    halves.low &= ~kNumberMask;
    halves.low |= (static_cast<std::uint64_t>(number) ^ fold(halves)) & kNumberMask;
    return id_of(halves);
}

std::int64_t id_number(const Id& id) {
    Halves halves;
    for (std::size_t at = 0; at < 8; ++at) {
        halves.high = (halves.high << 8U) | id.bytes[at];
        halves.low = (halves.low << 8U) | id.bytes[8 + at];
    }
    return static_cast<std::int64_t>((halves.low ^ fold(halves)) & kNumberMask);
}

std::int64_t id_time_ms(const Id& id) {
    std::int64_t ms = 0;
    for (std::size_t at = 0; at < 6; ++at) ms = (ms << 8U) | id.bytes[at];
    return ms;
}

} // namespace tributary
