// The deals themselves: a grid that shows any of a million rows by drawing the thirty on screen.
import { useFormat } from '@/format/use_format';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState, type KeyboardEvent, type MouseEvent, type RefObject } from 'react';
import { DealRow, rowId } from './DealRow';
import { GridHead } from './GridHead';
import { gridTemplate, widthOf, type Column } from './columns';
import classes from './deals.module.css';
import { rowsAt } from './scaled_scroll';
import { useFillHeight } from './use_fill_height';
import { useScaledScroll } from './use_scaled_scroll';
import { isGone } from './view';
import type { DealWindows } from './windows';

const kRowPx = 40;
const kCardPx = 64;
const kHeadPx = 38;
const kExtraRows = 6; // drawn above and below the screen
const kAnchorRows = 2_000; // rows are placed from a mark that moves seldom, so that scrolling leaves them as they are

interface Props {
  area: RefObject<HTMLDivElement | null>; // gets the element that scrolls
  windows: DealWindows;
  total: number;
  columns: Column[];
  narrow: boolean;
  sort: string | undefined;
  onSort: (column: Column) => void;
}

function nextRow(key: string, row: number, page: number, total: number): number | null {
  const moves: Record<string, number> = { ArrowDown: row + 1, ArrowUp: row - 1, PageDown: row + page, PageUp: row - page, Home: 0, End: total - 1 };
  const next = moves[key];
  return next === undefined ? null : Math.max(0, Math.min(total - 1, next));
}

export function DealGrid({ area: scroller, windows, total, columns, narrow, sort, onSort }: Props) {
  const format = useFormat();
  const navigate = useNavigate();
  const rowPx = narrow ? kCardPx : kRowPx;
  const headPx = narrow ? 0 : kHeadPx;
  const height = useFillHeight(scroller, narrow ? 76 : 24);
  const { scale, position, show } = useScaledScroll(scroller, total, rowPx, headPx);
  const [active, setActive] = useState(-1);
  const { first, last } = rowsAt(scale, position, kExtraRows);
  useEffect(() => windows.want(first, last), [windows, first, last]);

  const open = (index: number) => {
    const deal = windows.at(index);
    if (deal !== undefined && !isGone(deal)) void navigate({ to: '/deals/$id', params: { id: deal.id } });
  };
  const clicked = (event: MouseEvent<HTMLDivElement>) => {
    const row = (event.target as Element).closest<HTMLElement>('[data-index]');
    // A click with a key held down is the link's own: another tab, another window.
    if (row === null || event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    if (window.getSelection()?.isCollapsed === false) return;
    event.preventDefault();
    open(Number(row.dataset['index']));
  };
  const pressed = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target !== scroller.current || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' && active >= 0) return open(active);
    const next = nextRow(event.key, active, Math.max(1, Math.floor(scale.viewPx / rowPx) - 1), total);
    if (next === null) return;
    event.preventDefault();
    setActive(next);
    show(next);
  };

  const anchor = Math.floor(first / kAnchorRows) * kAnchorRows;
  const slots = last - first;
  const rows = Array.from({ length: slots }, (_, at) => first + at).map((index) => {
    const deal = windows.at(index);
    return (
      <DealRow
        key={index}
        index={index}
        topPx={(index - anchor) * rowPx}
        deal={deal}
        columns={columns}
        format={format}
        active={index === active}
        narrow={narrow}
        flash={deal === undefined ? 0 : windows.flash(deal.id)}
      />
    );
  });
  return (
    <div
      ref={scroller}
      role="grid"
      aria-label="Deals"
      aria-rowcount={total + 1}
      aria-colcount={narrow ? 1 : columns.length}
      aria-activedescendant={active >= first && active < last ? rowId(active) : undefined}
      tabIndex={0}
      className={classes.scroller}
      style={{ height, '--columns': gridTemplate(columns) } as React.CSSProperties}
      onClick={clicked}
      onKeyDown={pressed}
      onFocus={(event) => event.target === scroller.current && active < 0 && setActive(Math.ceil(position / rowPx))}
    >
      <div className={classes.area} style={{ height: scale.areaPx + headPx, minWidth: narrow ? undefined : widthOf(columns) }}>
        <div className={classes.view} style={{ height: scale.viewPx + headPx }}>
          {!narrow && <GridHead columns={columns} sort={sort} onSort={onSort} />}
          <div role="rowgroup" className={classes.rows} style={{ height: scale.viewPx }}>
            <div role="presentation" style={{ transform: `translateY(${Math.round(anchor * rowPx - position)}px)` }}>{rows}</div>
          </div>
        </div>
      </div>
    </div>
  );
}
