// One stage of the board: a view of the server, and what has come to it or left it since the view was made. The order of the view
// stays; who came stands on top. A store for useSyncExternalStore; no React in here.
import type { JournalRow, ShownDeal, Stage } from '@/api/agreed';
import { patchDeal } from '@/live/patch';
import { isGone, type ReadView, type ViewDeal } from '../view';
import { DealWindows, type Held } from '../windows';

// The index in the view of the n-th row that is still there; `gone` are sorted indexes of the view.
export function indexInView(n: number, gone: readonly number[]): number {
  let index = n;
  for (const one of gone) {
    if (one > index) break;
    index += 1;
  }
  return index;
}
export function withGone(gone: readonly number[], index: number): number[] {
  return gone.includes(index) ? [...gone] : [...gone, index].sort((a, b) => a - b);
}

export class StageColumn {
  readonly windows: DealWindows;
  version = 0;
  waiting: ShownDeal[] = []; // came while a hand was over the column
  readonly left = new Map<string, Stage | null>(); // went meanwhile, and where to; null: deleted
  private added: ShownDeal[] = [];
  private gone: number[] = [];
  private steady = false;
  private readonly watchers = new Set<() => void>();

  constructor(
    readonly stage: Stage,
    read: ReadView,
  ) {
    this.windows = new DealWindows(read, undefined, (held) => this.loaded(held));
    this.windows.watch(() => this.tell());
  }
  watch = (watcher: () => void) => {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  };
  private tell() {
    this.version += 1;
    for (const watcher of this.watchers) watcher();
  }
  // Deals are read as they are now: one that has left since the view was made is no card of this column.
  private loaded(held: Held[]) {
    for (const { index, deal } of held) {
      const elsewhere = isGone(deal) || deal.stage !== this.stage || this.added.some((one) => one.id === deal.id);
      if (elsewhere) this.gone = withGone(this.gone, index);
    }
  }

  get length(): number {
    return this.added.length + Math.max(0, (this.windows.total ?? 0) - this.gone.length);
  }
  at(n: number): ViewDeal | undefined {
    return n < this.added.length ? this.added[n] : this.windows.at(indexInView(n - this.added.length, this.gone));
  }
  want(first: number, last: number) {
    const start = indexInView(Math.max(0, first - this.added.length), this.gone);
    this.windows.want(start, indexInView(Math.max(0, last - 1 - this.added.length), this.gone) + 1);
  }
  find(id: string): ShownDeal | null {
    const added = this.added.find((deal) => deal.id === id) ?? this.waiting.find((deal) => deal.id === id);
    if (added !== undefined) return added;
    const held = this.windows.find(id);
    return held === null || isGone(held.deal) || this.gone.includes(held.index) ? null : held.deal;
  }

  leave(id: string) {
    this.left.delete(id);
    this.added = this.added.filter((deal) => deal.id !== id);
    this.waiting = this.waiting.filter((deal) => deal.id !== id);
    const held = this.windows.find(id);
    if (held !== null) this.gone = withGone(this.gone, held.index);
    this.tell();
  }
  // A deal that was here before goes back to its place.
  enter(deal: ShownDeal) {
    this.left.delete(deal.id);
    this.waiting = this.waiting.filter((one) => one.id !== deal.id);
    const held = this.windows.find(deal.id);
    if (held !== null) {
      this.gone = this.gone.filter((index) => index !== held.index);
      this.windows.put(held.index, deal, false);
    } else if (this.added.some((one) => one.id === deal.id)) {
      this.added = this.added.map((one) => (one.id === deal.id ? deal : one));
    } else {
      this.added = [deal, ...this.added];
    }
    this.tell();
  }
  // What others do, which must not move cards under a hand.
  leaveGently(id: string, to: Stage | null) {
    if (!this.steady || this.waiting.some((deal) => deal.id === id)) return this.leave(id);
    this.left.set(id, to);
    this.tell();
  }
  enterGently(deal: ShownDeal) {
    if (!this.steady || this.find(deal.id) !== null) return this.enter(deal);
    this.waiting = [deal, ...this.waiting];
    this.tell();
  }
  patch(row: JournalRow) {
    if (row.deal_id === null) return;
    this.windows.patch(row);
    const put = (deal: ShownDeal) => patchDeal(deal, row);
    this.added = this.added.map(put);
    this.waiting = this.waiting.map(put);
    this.tell();
  }
  // While a hand is over the column nothing moves; afterwards what waited does.
  hold(steady: boolean) {
    if (this.steady === steady) return;
    this.steady = steady;
    if (!steady) this.settle();
  }
  settle() {
    const [came, went] = [[...this.waiting].reverse(), [...this.left.keys()]];
    for (const id of went) this.leave(id);
    for (const deal of came) this.enter(deal);
  }
  refresh() {
    this.added = [];
    this.waiting = [];
    this.gone = [];
    this.left.clear();
    this.windows.refresh();
  }
}
