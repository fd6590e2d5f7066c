// The board for its screen: the store, what others do, and the words of a move.
import type { ShownDeal, Stage } from '@/api/agreed';
import { ApiError, type Schemas } from '@/api/client';
import { stageWords } from '@/format/words';
import { useLiveEvents } from '@/live/live';
import { notifyFailed, notifyNote, notifyUndo } from '@/ui/undo';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { readDeal, saveDeal } from '../deal/use_deal';
import { addBurst, kNothing } from '../pending';
import { Board, type BoardSort } from './board_store';
import { flyFrom } from './flight';

export type MoveDeal = (deal: ShownDeal, to: Stage, also?: Schemas['DealPatch']) => Promise<void>;

export function useBoard(sort: BoardSort): { board: Board; move: MoveDeal } {
  const [, setTold] = useState(0);
  const board = useMemo(() => new Board(sort, { save: saveDeal, read: readDeal }, flyFrom, () => setTold((n) => n + 1)), [sort]);
  useEffect(() => () => board.end(), [board]);
  useLiveEvents((news) => {
    if (news.type === 'rows') board.hear(news.rows);
    else if (news.type === 'burst') board.miss(addBurst(kNothing, news.counts).more);
    else board.refresh();
  });
  const move = useCallback<MoveDeal>(
    async (deal, to, also) => {
      if (deal.stage === to) return;
      try {
        const moved = await board.move(deal, to, also);
        notifyUndo(`“${deal.name}” moved to ${stageWords[to]}.`, moved.undo);
      } catch (error) {
        if (error instanceof ApiError && error.status === 412) {
          notifyNote('Changed meanwhile', `Someone has changed “${deal.name}”. The card shows how it is now; move it again if you still want to.`);
        } else {
          notifyFailed(error, `“${deal.name}” was not moved.`);
        }
      }
    },
    [board],
  );
  return { board, move };
}
