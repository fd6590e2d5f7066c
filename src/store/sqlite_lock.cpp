// See sqlite_lock.hpp. Open file description locks: two stores in one process keep each other out as two processes do.
#include "store/sqlite_lock.hpp"

#include "store/store.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

namespace tributary::sqlite {
namespace {

constexpr const char* kFileName = "/tributary.write";
constexpr int kWriterPlace = 0; // bytes of the file that stand for the two locks
constexpr int kWishPlace = 1;
constexpr std::chrono::milliseconds kPause{1};
constexpr std::chrono::milliseconds kLookEvery{1}; // a lone deal's transaction is a third of that
constexpr std::chrono::milliseconds kPassMax{200};
constexpr std::chrono::seconds kDeafFor{5};
constexpr std::chrono::seconds kWishMax{5};

} // namespace

ProcessLock::ProcessLock(const std::string& directory)
    : file_(::open((directory + kFileName).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)) {
    if (file_ < 0) throw StoreError(std::string("the lock file cannot be opened: ") + std::strerror(errno));
}

ProcessLock::~ProcessLock() { ::close(file_); }

// True when the lock was got, or with `only_look` when it is free.
bool ProcessLock::lock(int place, short type, bool only_look) {
    struct flock wanted = {};
    wanted.l_type = type;
    wanted.l_whence = SEEK_SET;
    wanted.l_start = place;
    wanted.l_len = 1;
    if (::fcntl(file_, only_look ? F_OFD_GETLK : F_OFD_SETLK, &wanted) == 0) return !only_look || wanted.l_type == F_UNLCK;
    if (errno == EAGAIN || errno == EACCES) return false;
    throw StoreError(std::string("the lock file does not work: ") + std::strerror(errno));
}

void ProcessLock::be_the_writer() {
    if (is_writer_) return;
    if (!lock(kWriterPlace, F_WRLCK, false)) throw StoreError("another process writes to this data directory");
    is_writer_ = true;
}

void ProcessLock::wish_to_write() {
    const auto deadline = std::chrono::steady_clock::now() + kWishMax;
    while (!lock(kWishPlace, F_WRLCK, false)) {
        if (std::chrono::steady_clock::now() > deadline) throw StoreError("the database is busy: others wait to write");
        std::this_thread::sleep_for(kPause);
    }
}

void ProcessLock::wish_granted() { (void)lock(kWishPlace, F_UNLCK, false); }

void ProcessLock::let_others_pass() {
    const auto start = std::chrono::steady_clock::now();
    if (start < deaf_until_ || start - looked_at_ < kLookEvery) return;
    looked_at_ = start;
    while (!lock(kWishPlace, F_WRLCK, true)) {
        if (std::chrono::steady_clock::now() - start > kPassMax) {
            deaf_until_ = start + kDeafFor;
            return;
        }
        std::this_thread::sleep_for(kPause);
    }
}

} // namespace tributary::sqlite
