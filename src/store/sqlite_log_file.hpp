// How the write-ahead log is written: a commit in one piece. Private to the store's room.
//
// The library writes a commit's pages one by one, a header and a page each, and lets the file grow with every commit. Twenty
// small writes and a change of the file's length then cost a lone deal more than its work. Here the pages are gathered and written
// at once when the library asks for them to be made durable, and after a small commit the file is lengthened with zeros for the
// next ones, so that making them durable touches no metadata (docs/decisions/0006-log-in-one-piece.md has the figures).
//
// Contract: nothing is seen by another connection before it is written, because the library publishes a commit's end only after
// its sync; what is gathered is written before this connection reads, measures, cuts or closes its log. A write that fails shows
// in the sync, and so in the commit. Only for connections with synchronous=FULL: without a sync nothing would be written.
#pragma once

namespace tributary::sqlite {

// The name to open a connection with; registers it at the first call. Any thread. Throws StoreError when that fails.
[[nodiscard]] const char* gathering_files();

} // namespace tributary::sqlite
