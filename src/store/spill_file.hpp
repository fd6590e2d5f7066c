// Records of bytes in a file without a name: appended, and read back by their place. What is written last is still in memory.
// For what must not fill the memory and need not outlive the program: the file is gone when it is closed, however that comes about.
// One thread at a time. Throws StoreError when the disk fails or is full.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tributary {

class SpillFile {
  public:
    static constexpr std::size_t kTailBytes = 1024 * 1024; // held in memory before it is written

    explicit SpillFile(const std::string& directory);
    ~SpillFile();
    SpillFile(const SpillFile&) = delete;
    SpillFile& operator=(const SpillFile&) = delete;

    // The place of the record.
    [[nodiscard]] std::uint64_t append(std::string_view record);
    // `place` is what append() gave.
    [[nodiscard]] std::string read(std::uint64_t place) const;

  private:
    void write_tail();
    void read_bytes(std::uint64_t at, char* to, std::size_t bytes) const;

    int file_ = -1;
    std::uint64_t tail_at_ = 0; // bytes in the file
    std::string tail_;          // what follows them
};

} // namespace tributary
