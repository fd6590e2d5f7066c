// A deal as a card: what it is, what it is worth, how it stands, and a way to move it without dragging.
import type { ShownDeal, Stage } from '@/api/agreed';
import { useFormat } from '@/format/use_format';
import { stages, stageWords } from '@/format/words';
import { Menu } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import IconArrowsRightLeft from '@tabler/icons-react/dist/esm/icons/IconArrowsRightLeft.mjs';
import { memo, useState, type PointerEvent } from 'react';
import { Health } from '../DealRow';
import classes from './board.module.css';
import { cardId } from './flight';

interface Props {
  deal: ShownDeal;
  mayMove: boolean;
  movedTo: Stage | null | undefined; // others have moved it while a hand was over the column; null: deleted
  lifted: boolean;
  flash: number;
  onLift: (event: PointerEvent, deal: ShownDeal) => void;
  onMove: (deal: ShownDeal, to: Stage) => void;
}

// Out of the column that would cut it off, and still a part of the page's content.
const kInMain = { target: '#content' };

function MoveMenu({ deal, onMove }: Pick<Props, 'deal' | 'onMove'>) {
  const [opened, setOpened] = useState(false);
  const button = (
    <button type="button" className={classes.move} aria-label={`Move ${deal.name} to…`} title="Move to…" onClick={() => setOpened(true)}>
      <IconArrowsRightLeft size={15} aria-hidden />
    </button>
  );
  // A menu for each of hundreds of cards would be slow: only the one that is open is one.
  if (!opened) return button;
  return (
    <Menu withInitialFocusPlaceholder={false} opened onClose={() => setOpened(false)} position="bottom-end" portalProps={kInMain} returnFocus>
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Move to</Menu.Label>
        {stages.filter((stage) => stage !== deal.stage).map((stage) => <Menu.Item key={stage} onClick={() => onMove(deal, stage)}>{stageWords[stage]}</Menu.Item>)}
      </Menu.Dropdown>
    </Menu>
  );
}

export function CardFace({ deal }: { deal: ShownDeal }) {
  const format = useFormat();
  return (
    <>
      <span className={classes.sub}>{deal.company ?? deal.contact_name ?? 'No company'}</span>
      <span className={classes.foot}>
        <b>{deal.value_estimated ? '≈ ' : ''}{format.money(deal.value, deal.currency)}</b>
        <span className={classes.sub}>{deal.expected_close_date === null ? '' : format.date(deal.expected_close_date)}</span>
      </span>
    </>
  );
}

export const BoardCard = memo(function BoardCard({ deal, mayMove, movedTo, lifted, flash, onLift, onMove }: Props) {
  return (
    <div
      id={cardId(deal.id)}
      className={classes.card}
      data-lifted={lifted || undefined}
      data-left={movedTo !== undefined || undefined}
      data-flash={flash === 0 ? undefined : flash % 2}
      data-grab={mayMove || undefined}
      onPointerDown={mayMove ? (event) => onLift(event, deal) : undefined}
    >
      <span className={classes.top}>
        <Link className={classes.name} to="/deals/$id" params={{ id: deal.id }} draggable={false} preload={false}>{deal.name}</Link>
        {mayMove && movedTo === undefined && <MoveMenu deal={deal} onMove={onMove} />}
      </span>
      <CardFace deal={deal} />
      <span className={classes.foot}>
        {movedTo === undefined ? <Health deal={deal} /> : <i className={classes.sub}>{movedTo === null ? 'Deleted' : `Moved to ${stageWords[movedTo]}`}</i>}
        <span className={classes.sub}>{deal.owner ?? ''}</span>
      </span>
    </div>
  );
});
