// One stage: how many deals, what they are worth, and those cards of it that are on screen.
import type { ShownDeal, Stage } from '@/api/agreed';
import { useFormat } from '@/format/use_format';
import { count, stageWords } from '@/format/words';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { Button, Text } from '@mantine/core';
import { useEffect, useRef, useSyncExternalStore, type PointerEvent } from 'react';
import dealClasses from '../deals.module.css';
import { rowsAt } from '../scaled_scroll';
import { useScaledScroll } from '../use_scaled_scroll';
import { isGone } from '../view';
import classes from './board.module.css';
import { BoardCard } from './BoardCard';
import type { StageColumn } from './stage_column';

const kCardPx = 126; // with the gap below it
const kExtraCards = 3;

interface Props {
  column: StageColumn;
  deals: number | null;
  value: string | null;
  mayMove: boolean;
  over: boolean;
  lifted: string | null;
  onLift: (event: PointerEvent, deal: ShownDeal) => void;
  onMove: (deal: ShownDeal, to: Stage) => void;
}

export function BoardColumn({ column, deals, value, mayMove, over, lifted, onLift, onMove }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const format = useFormat();
  useSyncExternalStore(column.watch, () => column.version);
  const { scale, position } = useScaledScroll(scroller, column.length, kCardPx, 0);
  const { first, last } = rowsAt(scale, position, kExtraCards);
  useEffect(() => column.want(first, Math.max(first + 1, last)), [column, first, last]);

  const known = column.windows.total !== null;
  const cards = Array.from({ length: known ? last - first : 4 }, (_, at) => first + at).map((n) => {
    const deal = column.at(n);
    return (
      <li key={deal?.id ?? `waiting-${n}`} className={classes.slot} style={{ top: n * kCardPx - position }} aria-setsize={known ? column.length : -1} aria-posinset={n + 1}>
        {deal === undefined || isGone(deal) ? (
          <div className={classes.card} aria-busy="true"><span className={dealClasses.bone} style={{ width: '70%' }} /></div>
        ) : (
          <BoardCard
            deal={deal}
            mayMove={mayMove}
            movedTo={column.left.get(deal.id)}
            lifted={lifted === deal.id}
            flash={column.windows.flash(deal.id)}
            onLift={onLift}
            onMove={onMove}
          />
        )}
      </li>
    );
  });
  const name = stageWords[column.stage];
  return (
    <section className={classes.column} data-column={column.stage} data-over={over || undefined} aria-label={name} onPointerEnter={() => column.hold(true)} onPointerLeave={() => column.hold(false)}>
      <header className={classes.head}>
        <Text component="h2" size="sm" fw={650} className={dealClasses.stage}><span className={dealClasses.dot} data-stage={column.stage} aria-hidden />{name}</Text>
        <Text size="xs" c="dimmed">{[deals === null ? null : count(deals, format.number(deals), 'deal'), value].filter(Boolean).join(' · ')}</Text>
      </header>
      {column.waiting.length > 0 && <Button size="compact-xs" variant="light" mx="xs" onClick={() => column.settle()}>{`${format.number(column.waiting.length)} new`}</Button>}
      {column.windows.error !== null && <ErrorAlert error={column.windows.error} onRetry={() => column.windows.again()} />}
      <div ref={scroller} data-scrolls className={classes.scroller} tabIndex={0} role="group" aria-label={`Deals in ${name}`}>
        <div style={{ height: scale.areaPx }}>
          <ul className={classes.cards} style={{ height: scale.viewPx }}>{cards}</ul>
        </div>
        {known && column.length === 0 && <Text size="xs" c="dimmed" ta="center" className={classes.none}>{mayMove ? 'Drop a deal here' : 'No deals'}</Text>}
      </div>
    </section>
  );
}
