// The rows of a view that are near the screen: windows of kWindowRows, the least recently used forgotten first. A store for
// useSyncExternalStore; no React in here.
import { ApiError } from '@/api/client';
import type { JournalRow } from '@/api/agreed';
import { patchDeal } from '@/live/patch';
import { isGone, type ReadView, type ViewDeal, type ViewPage } from './view';

export const kWindowRows = 100;
export const kWindowsMax = 20;
const kHurryWindows = 2; // a want farther away than this, soon after another, is a drag of the scroll bar
const kHurryMs = 150;
const kRestMs = 90; // a drag must rest so long until something is read

export interface Held {
  index: number; // in the view
  deal: ViewDeal;
}

export class DealWindows {
  total: number | null = null; // null: not known yet
  seq = 0;
  error: unknown = null;
  version = 0;
  private view: string | null = null;
  private windows = new Map<number, ViewDeal[]>(); // by window number, least recently used first
  private flashes = new Map<string, number>();
  private reading = new Map<number, AbortController>();
  private readonly watchers = new Set<() => void>();
  private wanted: [number, number] = [0, 0];
  private wantedAt = -Infinity;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private opening: AbortController | null = null;

  constructor(
    private readonly read: ReadView,
    private readonly clock: () => number = () => performance.now(),
    private readonly onLoaded: (deals: Held[]) => void = () => undefined,
  ) {}

  watch = (watcher: () => void) => {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  };
  private tell() {
    this.version += 1;
    for (const watcher of this.watchers) watcher();
  }

  at(index: number): ViewDeal | undefined {
    return this.windows.get(Math.floor(index / kWindowRows))?.[index % kWindowRows];
  }
  // How often the deal was changed by others while it was held.
  flash(id: string): number {
    return this.flashes.get(id) ?? 0;
  }
  // A new order is on its way.
  busy(): boolean {
    return this.opening !== null;
  }
  held(): number {
    return this.windows.size;
  }

  // Says which rows are on screen, [first, last). Reads what is missing; what is no longer wanted is not read on.
  want(first: number, last: number) {
    const from = Math.floor(first / kWindowRows);
    const to = Math.floor(Math.max(first, last - 1) / kWindowRows);
    const now = this.clock();
    const hurries = Math.abs(from - this.wanted[0]) > kHurryWindows && now - this.wantedAt < kHurryMs;
    this.wanted = [from, to];
    this.wantedAt = now;
    for (let n = from; n <= to; ++n) this.touch(n);
    for (const [n, request] of this.reading) if (n < from - 1 || n > to + 1) this.drop(n, request);
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.view === null) return this.open(from);
    if (hurries) this.timer = setTimeout(() => this.fill(), kRestMs);
    else this.fill();
  }
  private touch(n: number) {
    const deals = this.windows.get(n);
    if (deals === undefined) return;
    this.windows.delete(n);
    this.windows.set(n, deals);
  }
  private drop(n: number, request: AbortController) {
    this.reading.delete(n);
    request.abort();
  }
  private fill() {
    for (let n = this.wanted[0]; n <= this.wanted[1]; ++n) if (!this.windows.has(n) && !this.reading.has(n)) this.load(n);
  }

  private open(n: number) {
    if (this.opening !== null) return;
    const request = new AbortController();
    this.opening = request;
    this.read(null, n * kWindowRows, kWindowRows, request.signal)
      .then((page) => {
        this.opening = null;
        this.view = page.view.id;
        this.total = page.view.total;
        this.seq = page.view.seq;
        this.error = null;
        this.windows.clear();
        this.keep(n, page);
        this.fill();
      })
      .catch((error: unknown) => {
        if (this.opening === request) this.opening = null;
        this.fail(request, error);
      });
  }
  private load(n: number) {
    const request = new AbortController();
    this.reading.set(n, request);
    this.read(this.view, n * kWindowRows, kWindowRows, request.signal)
      .then((page) => {
        if (this.reading.get(n) !== request) return;
        this.reading.delete(n);
        this.error = null;
        this.keep(n, page);
      })
      .catch((error: unknown) => {
        if (this.reading.get(n) === request) this.reading.delete(n);
        // The server forgets views that nobody has read for long: a new one, at the same place.
        if (error instanceof ApiError && error.status === 410) this.refresh();
        else this.fail(request, error);
      });
  }
  private fail(request: AbortController, error: unknown) {
    if (request.signal.aborted) return;
    this.error = error;
    this.tell();
  }
  private keep(n: number, page: ViewPage) {
    this.windows.set(n, page.deals);
    for (const old of this.windows.keys()) {
      if (this.windows.size <= kWindowsMax) break;
      if (old < this.wanted[0] || old > this.wanted[1]) this.windows.delete(old);
    }
    this.onLoaded(page.deals.map((deal, index) => ({ index: n * kWindowRows + index, deal })));
    this.tell();
  }

  // A new order of the same question, at the same place; what is on screen stays until it is there.
  refresh() {
    for (const [n, request] of this.reading) this.drop(n, request);
    this.opening?.abort();
    this.opening = null;
    this.open(this.wanted[0]);
  }
  // After an error: tries again what is on screen.
  again() {
    this.error = null;
    this.tell();
    if (this.view === null) this.open(this.wanted[0]);
    else this.fill();
  }
  end() {
    if (this.timer !== null) clearTimeout(this.timer);
    this.opening?.abort();
    this.opening = null;
    for (const [n, request] of this.reading) this.drop(n, request);
  }

  find(id: string): Held | null {
    for (const [n, deals] of this.windows) {
      const at = deals.findIndex((deal) => deal.id === id);
      const deal = deals[at];
      if (deal) return { index: n * kWindowRows + at, deal };
    }
    return null;
  }
  // Puts a change of the journal into the row that is held. Answers whether there was one. The order never changes.
  patch(row: JournalRow, flashes = true): boolean {
    const held = row.deal_id === null ? null : this.find(row.deal_id);
    if (held === null) return false;
    const next = patched(held.deal, row);
    if (next !== held.deal) this.put(held.index, next, flashes);
    return true;
  }
  put(index: number, deal: ViewDeal, flashes: boolean) {
    const n = Math.floor(index / kWindowRows);
    const deals = this.windows.get(n);
    if (deals === undefined) return;
    this.windows.set(n, deals.with(index % kWindowRows, deal));
    if (flashes) this.flashes.set(deal.id, this.flash(deal.id) + 1);
    this.tell();
  }
}

export function patched(deal: ViewDeal, row: JournalRow): ViewDeal {
  if (row.kind === 'deleted') return { id: deal.id, deleted: true };
  return isGone(deal) ? deal : patchDeal(deal, row);
}
