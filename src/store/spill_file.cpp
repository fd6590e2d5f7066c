// See spill_file.hpp. A record is its length in four bytes of this machine's order, then its bytes.
#include "store/spill_file.hpp"

#include "store/store.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>

namespace tributary {
namespace {

using Length = std::uint32_t;

} // namespace

SpillFile::SpillFile(const std::string& directory) {
    std::string path = directory + "/spill-XXXXXX";
    file_ = ::mkostemp(path.data(), O_CLOEXEC);
    if (file_ < 0) throw StoreError("no file can be made for a plan");
    (void)::unlink(path.c_str()); // at worst its name stays; nobody opens it again
    tail_.reserve(kTailBytes);
}

SpillFile::~SpillFile() { ::close(file_); }

std::uint64_t SpillFile::append(std::string_view record) {
    if (record.size() > std::numeric_limits<Length>::max()) throw StoreError("a record is too long for a plan");
    const auto length = static_cast<Length>(record.size());
    const std::uint64_t place = tail_at_ + tail_.size();
    tail_.append(reinterpret_cast<const char*>(&length), sizeof length);
    tail_.append(record);
    if (tail_.size() >= kTailBytes) write_tail();
    return place;
}

std::string SpillFile::read(std::uint64_t place) const {
    Length length = 0;
    read_bytes(place, reinterpret_cast<char*>(&length), sizeof length);
    std::string record(length, '\0');
    read_bytes(place + sizeof length, record.data(), length);
    return record;
}

// A record lies in the file or in the tail as a whole: the tail is written at the end of a record.
void SpillFile::read_bytes(std::uint64_t at, char* to, std::size_t bytes) const {
    if (at >= tail_at_) {
        if (at + bytes > tail_at_ + tail_.size()) throw StoreError("a plan's file has no such place");
        std::memcpy(to, tail_.data() + (at - tail_at_), bytes);
        return;
    }
    while (bytes > 0) {
        const ::ssize_t got = ::pread(file_, to, bytes, static_cast<::off_t>(at));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) throw StoreError("a plan's file cannot be read");
        to += got;
        at += static_cast<std::uint64_t>(got);
        bytes -= static_cast<std::size_t>(got);
    }
}

void SpillFile::write_tail() {
    for (std::size_t done = 0; done < tail_.size();) {
        const ::ssize_t wrote = ::pwrite(file_, tail_.data() + done, tail_.size() - done, static_cast<::off_t>(tail_at_ + done));
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) throw StoreError("a plan's file cannot be written: the disk may be full");
        done += static_cast<std::size_t>(wrote);
    }
    tail_at_ += tail_.size();
    tail_.clear();
}

} // namespace tributary
