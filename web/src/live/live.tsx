// The live socket for the screens: its state, the feed, the running imports, and the events as they come. The provider is the
// only one that writes figures into the query cache.
import { keys } from '@/api/keys';
import type { Metrics } from '@/api/agreed';
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useMemo, useRef, useSyncExternalStore, type ReactNode } from 'react';
import { connect, type ConnectionState } from './connection';
import type { LiveFrame, RunningImport } from './frames';
import { kStart, takeFrame, type FeedEntry, type LiveNews, type LiveState } from './reduce';

const kChangeRefreshMs = 4_000; // how often the changes over days, which frames do not carry, are asked for while events come

type Handler = (news: LiveNews) => void;
interface Shown extends LiveState {
  connection: ConnectionState;
}

class LiveStore {
  shown: Shown = { ...kStart, connection: 'connecting' };
  private readonly watchers = new Set<() => void>();
  private readonly handlers = new Set<Handler>();
  private refresh: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly cache: QueryClient) {}

  watch = (watcher: () => void) => {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  };
  hear = (handler: Handler) => {
    this.handlers.add(handler);
    return () => void this.handlers.delete(handler);
  };
  private show(next: Partial<Shown>) {
    this.shown = { ...this.shown, ...next };
    for (const watcher of this.watchers) watcher();
  }
  take = (frame: LiveFrame) => {
    const first = frame.type === 'hello' && this.shown.seq === null;
    const { state, news, metrics } = takeFrame(this.shown, frame, new Date().toISOString());
    this.show(state);
    // What was read before the first greeting may be older than it.
    if (first) void this.cache.invalidateQueries({ predicate: (query) => query.queryKey[0] !== keys.me[0] && query.state.dataUpdatedAt > 0 });
    if (metrics) this.putMetrics(metrics);
    if (news?.type === 'resync') void this.cache.invalidateQueries({ predicate: (query) => query.queryKey[0] !== keys.me[0] });
    if (news) for (const handler of this.handlers) handler(news);
  };
  private putMetrics(metrics: Metrics) {
    this.cache.setQueryData<{ metrics: Metrics }>(keys.metrics, (old) => (old ? { ...old, metrics: { ...metrics, change: old.metrics.change } } : old));
    this.refresh ??= setTimeout(() => {
      this.refresh = null;
      void this.cache.invalidateQueries({ queryKey: keys.metrics });
      void this.cache.invalidateQueries({ queryKey: keys.sources });
    }, kChangeRefreshMs);
  }
  open = () => {
    const end = connect({ since: () => this.shown.seq, onFrame: this.take, onState: (connection) => this.show({ connection }) });
    return () => {
      end();
      if (this.refresh !== null) clearTimeout(this.refresh);
      this.refresh = null;
    };
  };
}

const LiveContext = createContext<LiveStore | null>(null);

export function LiveProvider({ children }: { children: ReactNode }) {
  const cache = useQueryClient();
  const store = useMemo(() => new LiveStore(cache), [cache]);
  useEffect(() => store.open(), [store]);
  return <LiveContext.Provider value={store}>{children}</LiveContext.Provider>;
}

function useStore(): LiveStore {
  const store = useContext(LiveContext);
  if (store === null) throw new Error('The live socket needs a LiveProvider around it.');
  return store;
}

function useShown<T>(pick: (shown: Shown) => T): T {
  const store = useStore();
  return useSyncExternalStore(store.watch, () => pick(store.shown));
}

// connecting | live | reconnecting | offline
export function useLiveState(): ConnectionState {
  return useShown((shown) => shown.connection);
}

// What has happened since the page was opened, newest first; at most kFeedRowsMax.
export function useLiveFeed(): FeedEntry[] {
  return useShown((shown) => shown.feed);
}

// The imports that are under way, with how far each is.
export function useImports(): RunningImport[] {
  return useShown((shown) => shown.imports);
}

// Calls `handler` with every piece of news while the component stands. Patch one row or counter; on `burst` and `resync` read again.
export function useLiveEvents(handler: Handler): void {
  const store = useStore();
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  useEffect(() => store.hear((news) => latest.current(news)), [store]);
}

// Everything at once, for who needs more than one of the above.
export function useLive() {
  const store = useStore();
  return useSyncExternalStore(store.watch, () => store.shown);
}
