// The conversation's answers that come piece by piece: the next is asked for when the one before has gone out, so that a slow reader
// holds back whoever makes them. See exchange.hpp.
#include "http/exchange.hpp"

#include <array>
#include <atomic>
#include <charconv>
#include <utility>

namespace tributary::http {

// The right to give one piece, shared by all copies of a Give. When the last copy goes unused, the rest cannot be had.
struct Exchange::PieceTicket {
    explicit PieceTicket(std::weak_ptr<Exchange> owner) : exchange(std::move(owner)) {}
    PieceTicket(const PieceTicket&) = delete;
    PieceTicket& operator=(const PieceTicket&) = delete;
    ~PieceTicket() { give(std::nullopt); }
    void give(std::optional<std::string>&& piece) {
        if (used.exchange(true)) return;
        const auto owner = exchange.lock();
        if (owner == nullptr) return;
        owner->on_own_thread([owner, piece = std::move(piece)]() mutable { owner->piece_came(std::move(piece)); });
    }

    std::weak_ptr<Exchange> exchange;
    std::atomic<bool> used{false};
};

void Exchange::begin_pieces(Response&& response, bool close, Moment /*now*/) {
    state_ = State::Sending;
    deadline_ = Moment::max(); // a reader that takes nothing is the socket's care
    close_after_ = close;
    giver_ = std::move(response.rest);
    piece_asked_ = false;
    if (!response.body.empty()) append_piece(response.body);
}

void Exchange::ask_piece() {
    piece_asked_ = true;
    const auto ticket = std::make_shared<PieceTicket>(weak_from_this());
    const bool ended = guarded([&] { giver_->next([ticket](std::optional<std::string> piece) { ticket->give(std::move(piece)); }); });
    if (!ended) ticket->give(std::nullopt);
}

void Exchange::piece_came(std::optional<std::string>&& piece) {
    if (state_ != State::Sending || !piece_asked_) return;
    piece_asked_ = false;
    if (piece && !piece->empty()) {
        append_piece(*piece);
        return woken();
    }
    giver_.reset();
    if (!piece) {
        report("an answer was cut off");
    } else if (!http_1_0_) {
        append_piece({});
    }
    // A server that began to stop meanwhile keeps no connection alive.
    answered(close_after_ || !piece || station_.draining, Clock::now());
    woken();
}

// An empty one is the last.
void Exchange::append_piece(std::string_view piece) {
    const std::size_t before = out_.size();
    if (http_1_0_) {
        out_.append(piece);
    } else {
        constexpr int kHexadecimal = 16;
        std::array<char, 16> digits{};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), piece.size(), kHexadecimal).ptr;
        out_.append(digits.data(), end).append("\r\n").append(piece).append("\r\n");
    }
    sent_bytes_ += out_.size() - before;
}

} // namespace tributary::http
