// gzip (RFC 1952) unpacked piece by piece in bounded memory. Used where files come in.
#pragma once
#include "deal/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tributary {

[[nodiscard]] bool is_gzip(std::string_view head); // by its first two bytes

class Gunzip {
  public:
    Gunzip();
    ~Gunzip();
    Gunzip(const Gunzip&) = delete;
    Gunzip& operator=(const Gunzip&) = delete;

    // Takes packed bytes from the front of `packed` and appends at most `bytes_max` unpacked ones. Members that follow each other are
    // one file. Refuses with invalid_gzip or unpacks_too_large.
    [[nodiscard]] Result<void> unpack(std::string_view& packed, std::size_t bytes_max, std::string& out);
    // No byte comes any more. Refuses with invalid_gzip when a member is not whole.
    [[nodiscard]] Result<void> finish() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
    std::uint64_t packed_ = 0;
    std::uint64_t unpacked_ = 0;
    bool between_members_ = true;
};

} // namespace tributary
