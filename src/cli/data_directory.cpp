// See data_directory.hpp.
#include "cli/data_directory.hpp"

#include <filesystem>
#include <stdexcept>

namespace tributary {

std::unique_ptr<Store> open_existing_store(const std::string& directory) {
    std::error_code error;
    const auto bytes = std::filesystem::file_size(directory + "/tributary.db", error);
    // An empty file would be taken for a new database, and a lost one be called sound.
    if (error || bytes == 0) throw std::runtime_error("there is no database in " + directory);
    try {
        return open_sqlite({.directory = directory, .readers = 1, .writer_cache_kib = 2'048, .reader_cache_kib = 2'048});
    } catch (const StoreError& broken) {
        throw std::runtime_error("the database in " + directory + " cannot be opened: " + broken.what());
    }
}

} // namespace tributary
