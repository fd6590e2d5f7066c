// See sqlite_log_file.hpp. A layer over the library's own files: everything but the log passes through untouched.
#include "store/sqlite_log_file.hpp"

#include "store/store.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <new>

namespace tributary::sqlite {
namespace {

constexpr const char* kName = "tributary-gathering";
constexpr std::size_t kGatheredMax = 256 * 1024;  // then it is written without waiting for the sync
constexpr sqlite3_int64 kSmallCommit = 64 * 1024; // a larger one pays for its own growth
constexpr sqlite3_int64 kAhead = 256 * 1024;      // zeros written for commits to come
constexpr std::size_t kZeros = 64 * 1024;
constexpr std::size_t kPieceMax = 64 * 1024; // the library's own file takes a length modulo 128 KiB

sqlite3_vfs* below = nullptr; // the library's own; set once, before the layer can be used

struct Gathered {
    std::array<char, kGatheredMax> bytes;
    std::size_t size = 0;
    sqlite3_int64 from = 0;   // where in the file `bytes` belong
    sqlite3_int64 synced = 0; // written since the last sync
    sqlite3_int64 length = 0; // of the file, as far as it is known
    [[nodiscard]] sqlite3_int64 end() const { return from + static_cast<sqlite3_int64>(size); }
};

// Lies in the library's memory; the file below lies behind it.
struct LogFile {
    sqlite3_file base;
    Gathered* gathered;
    [[nodiscard]] sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

LogFile& log_of(sqlite3_file* file) { return *reinterpret_cast<LogFile*>(file); }

int write_below(LogFile& log, const char* bytes, std::size_t size, sqlite3_int64 at) {
    for (std::size_t done = 0; done < size; done += kPieceMax) {
        const std::size_t piece = std::min(kPieceMax, size - done);
        const sqlite3_int64 from = at + static_cast<sqlite3_int64>(done);
        const int code = log.real()->pMethods->xWrite(log.real(), bytes + done, static_cast<int>(piece), from);
        if (code != SQLITE_OK) return code;
        log.gathered->length = std::max(log.gathered->length, from + static_cast<sqlite3_int64>(piece));
    }
    return SQLITE_OK;
}

int write_gathered(LogFile& log) {
    Gathered& gathered = *log.gathered;
    if (gathered.size == 0) return SQLITE_OK;
    const int code = write_below(log, gathered.bytes.data(), gathered.size, gathered.from);
    gathered.synced += static_cast<sqlite3_int64>(gathered.size);
    gathered.size = 0; // also when it failed: the library drops the commit, and what it writes next begins anew
    return code;
}

// Zeros behind a small commit that would lengthen the file. Their frames carry no salt of the log, so nobody takes them for a commit.
int lengthen(LogFile& log) {
    static constexpr std::array<char, kZeros> kNothing{};
    const Gathered& gathered = *log.gathered;
    if (gathered.size == 0 || gathered.end() <= gathered.length) return SQLITE_OK;
    if (gathered.synced + static_cast<sqlite3_int64>(gathered.size) > kSmallCommit) return SQLITE_OK;
    const sqlite3_int64 from = gathered.end();
    for (sqlite3_int64 at = 0; at < kAhead; at += static_cast<sqlite3_int64>(kZeros)) {
        const int code = write_below(log, kNothing.data(), kNothing.size(), from + at);
        if (code != SQLITE_OK) return code;
    }
    return SQLITE_OK;
}

int log_close(sqlite3_file* file) {
    LogFile& log = log_of(file);
    const int written = write_gathered(log);
    delete log.gathered;
    log.gathered = nullptr;
    const int closed = log.real()->pMethods->xClose(log.real());
    return written == SQLITE_OK ? closed : written;
}

int log_read(sqlite3_file* file, void* into, int size, sqlite3_int64 at) {
    LogFile& log = log_of(file);
    const int code = write_gathered(log);
    return code == SQLITE_OK ? log.real()->pMethods->xRead(log.real(), into, size, at) : code;
}

int log_write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
    LogFile& log = log_of(file);
    Gathered& gathered = *log.gathered;
    const auto count = static_cast<std::size_t>(size);
    if (gathered.size != 0 && (at != gathered.end() || gathered.size + count > kGatheredMax)) {
        const int code = write_gathered(log);
        if (code != SQLITE_OK) return code;
    }
    if (count > kGatheredMax) return write_below(log, static_cast<const char*>(bytes), count, at);
    if (gathered.size == 0) gathered.from = at;
    if (at == 0) { // the log starts over, perhaps cut by another connection
        const int code = log.real()->pMethods->xFileSize(log.real(), &gathered.length);
        if (code != SQLITE_OK) return code;
    }
    std::memcpy(gathered.bytes.data() + gathered.size, bytes, count);
    gathered.size += count;
    return SQLITE_OK;
}

int log_truncate(sqlite3_file* file, sqlite3_int64 size) {
    LogFile& log = log_of(file);
    const int code = write_gathered(log);
    if (code != SQLITE_OK) return code;
    log.gathered->length = size;
    return log.real()->pMethods->xTruncate(log.real(), size);
}

int log_sync(sqlite3_file* file, int flags) {
    LogFile& log = log_of(file);
    int code = lengthen(log);
    if (code == SQLITE_OK) code = write_gathered(log);
    log.gathered->synced = 0;
    return code == SQLITE_OK ? log.real()->pMethods->xSync(log.real(), flags) : code;
}

int log_size(sqlite3_file* file, sqlite3_int64* size) {
    LogFile& log = log_of(file);
    const int code = write_gathered(log);
    return code == SQLITE_OK ? log.real()->pMethods->xFileSize(log.real(), size) : code;
}

int log_lock(sqlite3_file* file, int lock) { return log_of(file).real()->pMethods->xLock(log_of(file).real(), lock); }
int log_unlock(sqlite3_file* file, int lock) { return log_of(file).real()->pMethods->xUnlock(log_of(file).real(), lock); }
int log_reserved(sqlite3_file* file, int* out) { return log_of(file).real()->pMethods->xCheckReservedLock(log_of(file).real(), out); }
int log_control(sqlite3_file* file, int what, void* with) {
    return log_of(file).real()->pMethods->xFileControl(log_of(file).real(), what, with);
}
int log_sector(sqlite3_file* file) { return log_of(file).real()->pMethods->xSectorSize(log_of(file).real()); }
int log_device(sqlite3_file* file) { return log_of(file).real()->pMethods->xDeviceCharacteristics(log_of(file).real()); }

constexpr sqlite3_io_methods log_methods() {
    sqlite3_io_methods methods{};
    methods.iVersion = 1; // no shared memory and no mapping: those are the database file's
    methods.xClose = log_close;
    methods.xRead = log_read;
    methods.xWrite = log_write;
    methods.xTruncate = log_truncate;
    methods.xSync = log_sync;
    methods.xFileSize = log_size;
    methods.xLock = log_lock;
    methods.xUnlock = log_unlock;
    methods.xCheckReservedLock = log_reserved;
    methods.xFileControl = log_control;
    methods.xSectorSize = log_sector;
    methods.xDeviceCharacteristics = log_device;
    return methods;
}
constexpr sqlite3_io_methods kLogMethods = log_methods();

int open_file(sqlite3_vfs* /*layer*/, sqlite3_filename name, sqlite3_file* file, int flags, int* opened) {
    if ((flags & SQLITE_OPEN_WAL) == 0) return below->xOpen(below, name, file, flags, opened);
    LogFile& log = log_of(file);
    log.base.pMethods = nullptr; // the library closes what has methods
    std::unique_ptr<Gathered> gathered(new (std::nothrow) Gathered);
    if (!gathered) return SQLITE_NOMEM;
    const int code = below->xOpen(below, name, log.real(), flags, opened);
    if (code != SQLITE_OK) {
        if (log.real()->pMethods != nullptr) log.real()->pMethods->xClose(log.real());
        return code;
    }
    const int measured = log.real()->pMethods->xFileSize(log.real(), &gathered->length);
    if (measured != SQLITE_OK) {
        log.real()->pMethods->xClose(log.real());
        return measured;
    }
    log.gathered = gathered.release();
    log.base.pMethods = &kLogMethods;
    return SQLITE_OK;
}

const char* register_layer() {
    sqlite3_vfs* own = sqlite3_vfs_find(nullptr);
    if (own == nullptr) throw StoreError("the database library has no files");
    below = own;
    static sqlite3_vfs layer = *own;
    static_assert(sizeof(LogFile) % alignof(std::max_align_t) == 0, "the file below lies behind it");
    layer.zName = kName;
    layer.szOsFile = own->szOsFile + static_cast<int>(sizeof(LogFile));
    layer.pNext = nullptr;
    layer.xOpen = open_file;
    if (sqlite3_vfs_register(&layer, 0) != SQLITE_OK) throw StoreError("the log's files cannot be registered");
    return kName;
}

} // namespace

const char* gathering_files() {
    static const char* const name = register_layer();
    return name;
}

} // namespace tributary::sqlite
