// See secret_key.hpp.
#include "cli/secret_key.hpp"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

namespace tributary {
namespace {

constexpr const char* kFileName = "/secret.key";
constexpr std::size_t kFileBytesMax = 4'096;

[[noreturn]] void fail(const std::string& what, const std::string& path) { throw std::runtime_error(what + ": " + path); }
constexpr const char* kUnreadable = "the secret key file cannot be read";
constexpr const char* kUnwritable = "the secret key file cannot be written";

class File {
  public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
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

// A new file beside `path` that only we may read, gone at the end unless it was put in its place.
class FileBeside {
  public:
    explicit FileBeside(const std::string& path) : name_(path + ".XXXXXX"), file_(::mkostemp(name_.data(), O_CLOEXEC)) {
        if (!file_.is_open()) fail(kUnwritable, path);
    }
    ~FileBeside() { ::unlink(name_.c_str()); }
    FileBeside(const FileBeside&) = delete;
    FileBeside& operator=(const FileBeside&) = delete;
    [[nodiscard]] const char* name() const { return name_.c_str(); }
    [[nodiscard]] bool fill(std::string_view text) const {
        return ::write(file_.descriptor(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
               ::fsync(file_.descriptor()) == 0;
    }

  private:
    std::string name_;
    File file_; // mode 0600
};

void keep_name(const std::string& path) {
    const File folder(::open(std::filesystem::path(path).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.is_open() || ::fsync(folder.descriptor()) != 0) fail(kUnwritable, path);
}

// Made whole or not at all, and durable before it is used: what is sealed with a key that a power failure took is lost. When two
// processes make it at once, the first one's stays.
Secret make_key_file(const std::string& path) {
    Secret key(KeyRing::new_key() + "\n");
    const FileBeside beside(path);
    if (!beside.fill(key.reveal())) fail(kUnwritable, path);
    if (::link(beside.name(), path.c_str()) != 0) {
        if (errno != EEXIST) fail(kUnwritable, path);
        key = read_key_file(path);
    }
    keep_name(path);
    return key;
}

Secret told_by(const std::string& file, const char* variable) {
    if (file.empty()) {
        const char* told = std::getenv(variable);
        return told == nullptr ? Secret() : Secret(told);
    }
    Secret secret = read_key_file(file);
    if (secret.is_empty()) fail(kUnreadable, file);
    return secret;
}

} // namespace

std::string data_key_file(const std::string& data) { return data + kFileName; }

Secret read_key_file(const std::string& path) {
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open() && errno == ENOENT) return {};
    struct stat about{};
    if (!file.is_open() || ::fstat(file.descriptor(), &about) != 0) fail(kUnreadable, path);
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0) fail("others may read the secret key file; make it 0600", path);
    std::string text(kFileBytesMax + 1, '\0');
    const ssize_t size = ::read(file.descriptor(), text.data(), text.size());
    if (size <= 0 || static_cast<std::size_t>(size) > kFileBytesMax) fail(kUnreadable, path);
    text.resize(static_cast<std::size_t>(size));
    return Secret(std::move(text));
}

void write_key_file(const std::string& path, const Secret& text) {
    std::error_code error;
    const std::string real = std::filesystem::weakly_canonical(path, error).string();
    if (error || text.reveal().size() > kFileBytesMax) fail(kUnwritable, path);
    const FileBeside beside(real);
    if (!beside.fill(text.reveal()) || ::rename(beside.name(), real.c_str()) != 0) fail(kUnwritable, path);
    keep_name(real);
}

Secret told_secret_keys(const std::string& file) { return told_by(file, "TRIBUTARY_SECRET_KEY"); }

Secret told_secret(const std::string& file, const char* variable) {
    const Secret told = told_by(file, variable);
    const std::string_view text = told.reveal();
    return Secret(std::string(text.substr(0, text.find_first_of("\r\n"))));
}

KeyRing key_ring(const std::string& data, const Secret& told, bool may_make) {
    const std::string path = data_key_file(data);
    Secret keys = told.is_empty() ? read_key_file(path) : told;
    if (keys.is_empty() && !may_make)
        fail("the key of the secrets in the database is missing; put the file back, or name it with --secret-key-file", path);
    if (keys.is_empty()) keys = make_key_file(path);
    auto ring = KeyRing::parse(keys.reveal());
    if (!ring) throw std::runtime_error(ring.error().message);
    return std::move(*ring);
}

} // namespace tributary
