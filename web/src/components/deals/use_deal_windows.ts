// The windows of one question, kept live: what is on screen is patched in place, the rest is counted until one refreshes.
import { useLiveEvents } from '@/live/live';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { fieldsOf, toQuery, type Filters } from './filters';
import { addBurst, addRow, kNothing, pendingCount } from './pending';
import { viewReader } from './view';
import { DealWindows } from './windows';

export interface LiveWindows {
  windows: DealWindows;
  changes: number; // that a refresh would show
  refresh: () => void;
}

export function useDealWindows(filters: Filters): LiveWindows {
  const query = toQuery(filters);
  const windows = useMemo(() => new DealWindows(viewReader(query)), [query]);
  const fields = useMemo(() => fieldsOf(filters), [filters]);
  const [pending, setPending] = useState(kNothing);
  useSyncExternalStore(windows.watch, () => windows.version);
  useEffect(() => {
    windows.want(0, 1);
    return () => windows.end();
  }, [windows]);
  // Another question starts without a debt.
  useEffect(() => setPending(kNothing), [windows]);

  const refresh = () => {
    setPending(kNothing);
    windows.refresh();
  };
  useLiveEvents((news) => {
    if (news.type === 'resync') return refresh();
    if (news.type === 'burst') return setPending((was) => addBurst(was, news.counts));
    const rows = news.rows.filter((row) => row.seq > windows.seq);
    const held = rows.map((row) => windows.patch(row));
    setPending((was) => rows.reduce((sum, row, at) => addRow(sum, row, held[at] ?? false, fields), was));
  });
  return { windows, changes: pendingCount(pending), refresh };
}
