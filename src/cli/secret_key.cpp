// See secret_key.hpp.
#include "cli/secret_key.hpp"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

namespace tributary {
namespace {

constexpr const char* kFileName = "/secret.key";
constexpr std::size_t kFileBytesMax = 4'096;

class File {
  public:
    File(const std::string& path, int flags) : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] int descriptor() const { return descriptor_; }
    [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }

  private:
    int descriptor_;
};

Secret read_keys(const File& file, const std::string& path) {
    struct stat about{};
    if (::fstat(file.descriptor(), &about) != 0) throw std::runtime_error("the secret key file cannot be read: " + path);
    if ((about.st_mode & (S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH)) != 0)
        throw std::runtime_error("others may read the secret key file; make it 0600: " + path);
    std::string text(kFileBytesMax + 1, '\0');
    const ssize_t size = ::read(file.descriptor(), text.data(), text.size());
    if (size < 0 || static_cast<std::size_t>(size) > kFileBytesMax) throw std::runtime_error("the secret key file cannot be read: " + path);
    text.resize(static_cast<std::size_t>(size));
    return Secret(std::move(text));
}

// Durable before it is used: what is sealed with a key that a power failure took is lost.
Secret make_keys(const std::string& path) {
    const File file(path, O_CREAT | O_EXCL | O_WRONLY);
    const std::string key = KeyRing::new_key() + "\n";
    const bool written = file.is_open() && ::write(file.descriptor(), key.data(), key.size()) == static_cast<ssize_t>(key.size()) &&
                         ::fsync(file.descriptor()) == 0;
    if (!written) throw std::runtime_error("the secret key file cannot be written: " + path);
    return Secret(key);
}

} // namespace

Secret told_secret_keys(const std::string& path) {
    if (path.empty()) {
        const char* told = std::getenv("TRIBUTARY_SECRET_KEY");
        return told == nullptr ? Secret() : Secret(told);
    }
    const File file(path, O_RDONLY);
    if (!file.is_open()) throw std::runtime_error("the secret key file cannot be read: " + path);
    return read_keys(file, path);
}

KeyRing key_ring(const std::string& data, const Secret& told) {
    Secret keys = told;
    if (keys.is_empty()) {
        const std::string path = data + kFileName;
        const File file(path, O_RDONLY);
        if (!file.is_open() && errno != ENOENT) throw std::runtime_error("the secret key file cannot be read: " + path);
        keys = file.is_open() ? read_keys(file, path) : make_keys(path);
    }
    auto ring = KeyRing::parse(keys.reveal());
    if (!ring) throw std::runtime_error(ring.error().message);
    return std::move(*ring);
}

} // namespace tributary
