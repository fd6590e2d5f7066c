// Deals by stage, to be moved from one to the next.
import { ask, type Metrics, type ShownDeal, type Stage } from '@/api/agreed';
import { keys } from '@/api/keys';
import { useFormat } from '@/format/use_format';
import { count, stages } from '@/format/words';
import { useSession } from '@/session/session';
import { Button, Group, SegmentedControl, Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import IconRefresh from '@tabler/icons-react/dist/esm/icons/IconRefresh.mjs';
import { useCallback, useRef, useState } from 'react';
import { useQuietRefresh } from '../use_quiet_refresh';
import { useFillHeight } from '../use_fill_height';
import classes from './board.module.css';
import { CardFace } from './BoardCard';
import { BoardColumn } from './BoardColumn';
import type { BoardSort } from './board_store';
import { CloseDialog, type Closing } from './CloseDialog';
import { useBoard } from './use_board';
import { useDrag } from './use_drag';

const kSorts = [
  { value: '-value', label: 'By value' },
  { value: 'expected_close_date', label: 'By close date' },
];

export function BoardView() {
  const [sort, setSort] = useState<BoardSort>('-value');
  const { board, move } = useBoard(sort);
  const [closing, setClosing] = useState<Closing | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const height = useFillHeight(scroller, window.innerWidth < 768 ? 76 : 24);
  const format = useFormat();
  const mayMove = useSession().can('write');
  const metrics = useQuery({ queryKey: keys.metrics, queryFn: ({ signal }) => ask<{ metrics: Metrics }>('GET', '/api/sales/deals/metrics', undefined, signal) }).data?.metrics;

  const drop = useCallback(
    (deal: ShownDeal, to: Stage) => {
      if (deal.stage === to) return;
      if (to === 'closed_won' || to === 'closed_lost') setClosing({ deal, to });
      else void move(deal, to);
    },
    [move],
  );
  const { drag, ghost, start } = useDrag(scroller, drop);
  useQuietRefresh(scroller, board.missed, () => board.busy(), () => board.refresh());
  const worth = (stage: Stage) => {
    const figures = metrics?.stage_values?.[stage];
    return metrics === undefined || figures === undefined ? null : format.money_short(figures.value, metrics.currency);
  };
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={1} size="h2">Board</Title>
        <Group gap="sm">
          {board.missed > 0 && (
            <Button size="compact-sm" variant="light" leftSection={<IconRefresh size={14} aria-hidden />} onClick={() => board.refresh()}>
              {count(board.missed, format.number(board.missed), 'change')} · Refresh
            </Button>
          )}
          <SegmentedControl size="xs" aria-label="Order of the cards" data={kSorts} value={sort} onChange={(value) => setSort(value as BoardSort)} />
        </Group>
      </Group>
      <div ref={scroller} className={classes.board} style={{ height }} data-dragging={drag !== null || undefined}>
        {stages.map((stage) => (
          <BoardColumn
            key={stage + sort}
            column={board.columns[stage]}
            deals={metrics?.stage_distribution[stage] ?? null}
            value={worth(stage)}
            mayMove={mayMove}
            over={drag?.over === stage && drag.deal.stage !== stage}
            lifted={drag?.deal.id ?? null}
            onLift={start}
            onMove={drop}
          />
        ))}
      </div>
      {drag !== null && (
        <div ref={ghost} className={classes.ghost} aria-hidden>
          <div className={classes.card}>
            <span className={classes.name}>{drag.deal.name}</span>
            <CardFace deal={drag.deal} />
          </div>
        </div>
      )}
      <CloseDialog
        closing={closing}
        onCancel={() => setClosing(null)}
        onClose={({ deal, to }, reason) => {
          setClosing(null);
          void move(deal, to, reason === null ? {} : { lost_reason: reason });
        }}
      />
    </Stack>
  );
}
