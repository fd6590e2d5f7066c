// The board: its columns, moves of one's own (shown at once, put right when the server says no) and moves of others.
import type { JournalRow, ShownDeal, Stage } from '@/api/agreed';
import { ApiError, type Schemas } from '@/api/client';
import { stages } from '@/format/words';
import { patchDeal } from '@/live/patch';
import { viewReader } from '../view';
import { StageColumn } from './stage_column';

export type BoardSort = '-value' | 'expected_close_date';
export interface Server {
  save: (id: string, version: number, changes: Schemas['DealPatch']) => Promise<{ deal: ShownDeal }>;
  read: (id: string) => Promise<ShownDeal>;
}
export interface Moved {
  deal: ShownDeal; // as it is now
  undo: () => Promise<void>;
}
const kReadAtOnceMax = 20; // deals of others that came from out of sight; more are for a refresh

export class Board {
  readonly columns: Record<Stage, StageColumn>;
  missed = 0; // changes one sees only after a refresh

  constructor(
    sort: BoardSort,
    private readonly server: Server,
    private readonly onFlight: (id: string) => void = () => undefined,
    private readonly onMissed: () => void = () => undefined,
    readerOf = viewReader,
  ) {
    this.columns = Object.fromEntries(stages.map((stage) => [stage, new StageColumn(stage, readerOf(`stage=${stage}&sort=${sort}`))])) as Record<Stage, StageColumn>;
  }
  private all() {
    return Object.values(this.columns);
  }
  find(id: string): ShownDeal | null {
    for (const column of this.all()) {
      const deal = column.find(id);
      if (deal !== null) return deal;
    }
    return null;
  }

  // `deal` is as one has seen it. Throws what the server refused, after the card is back.
  async move(deal: ShownDeal, to: Stage, also: Schemas['DealPatch'] = {}): Promise<Moved> {
    const from = deal.stage;
    this.columns[from].leave(deal.id);
    this.columns[to].enter({ ...deal, stage: to });
    try {
      const { deal: now } = await this.server.save(deal.id, deal.version, { ...also, stage: to });
      this.columns[to].enter(now);
      return { deal: now, undo: () => this.moveBack(now, deal) };
    } catch (error) {
      await this.putRight(deal, to, error);
      throw error;
    }
  }
  private async moveBack(now: ShownDeal, before: ShownDeal) {
    await this.move(now, before.stage, { probability: before.probability, lost_reason: before.lost_reason });
  }
  // After a 412 the card goes where the deal is by now, else where it was.
  private async putRight(deal: ShownDeal, to: Stage, error: unknown) {
    const stale = error instanceof ApiError && error.status === 412;
    const now = stale ? await this.server.read(deal.id).catch(() => deal) : deal;
    this.columns[to].leave(deal.id);
    if (now.deleted_at === null) this.columns[now.stage].enter(now);
  }

  hear(rows: JournalRow[]) {
    const unseen = new Set<string>();
    for (const row of rows) {
      if (row.deal_id === null) continue;
      const held = this.find(row.deal_id);
      if (held !== null && row.seq <= held.version) continue;
      if (row.kind === 'deleted') this.all().forEach((column) => column.find(row.deal_id ?? '') && column.leaveGently(row.deal_id ?? '', null));
      else if (held !== null) this.patch(held, row);
      else if (row.kind === 'created' || row.kind === 'restored' || row.data.after?.['stage'] !== undefined) unseen.add(row.deal_id);
    }
    for (const [at, id] of [...unseen].entries()) at < kReadAtOnceMax ? void this.bring(id) : this.miss(1);
  }
  private patch(held: ShownDeal, row: JournalRow) {
    const next = patchDeal(held, row);
    if (next.stage === held.stage) return this.columns[held.stage].patch(row);
    this.onFlight(held.id);
    this.columns[held.stage].leaveGently(held.id, next.stage);
    this.columns[next.stage].enterGently(next);
  }
  private async bring(id: string) {
    try {
      const deal = await this.server.read(id);
      if (deal.deleted_at === null && !deal.is_spam && this.find(id) === null) this.columns[deal.stage].enterGently(deal);
    } catch {
      this.miss(1);
    }
  }
  miss(changes: number) {
    this.missed += changes;
    this.onMissed();
  }
  refresh() {
    this.missed = 0;
    this.onMissed();
    for (const column of this.all()) column.refresh();
  }
  busy(): boolean {
    return this.all().some((column) => column.windows.busy());
  }
  end() {
    for (const column of this.all()) column.windows.end();
  }
}
