// Looking whether the database is sound, and its housekeeping. Private to the store's room; on a connection for maintenance.
#pragma once
#include "store/sqlite_connection.hpp"
#include "store/sqlite_turns.hpp"

#include <cstdint>
#include <string>

namespace tributary::sqlite {

// Throws StoreError with the first thing wrong. Reads the whole database: seconds per million deals.
void check_everything(Connection& connection);
// One durable write: tells a disk that takes writes from one that does not.
void probe_write(Connection& connection, WriteTurns& turns, std::int64_t now_ms);

// Copies the log into the database as far as readers allow, waiting for nobody. Returns the pages left in the log.
int checkpoint(Connection& connection);
// Makes what checkpoints wrote into the database durable. The library does so only when a checkpoint reaches the log's end.
void flush_copied(Connection& connection);
// The checkpoint of a busy database: the bulk is copied and flushed beside the writer, and only the little that is written
// meanwhile with the writer held, after which the log starts over.
void checkpoint_beside_writer(Connection& connection, WriteTurns& turns);

// Removes expired answers, some hundred rows at a time, walking round the table.
class AnswerSweep {
  public:
    void step(Connection& connection, WriteTurns& turns, std::int64_t now_ms);

  private:
    std::int64_t tenant_ = 0; // where the last step ended
    std::string scope_;
    std::string key_;
};

} // namespace tributary::sqlite
