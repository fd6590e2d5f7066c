// One row of the deals table, or one card of it on a narrow screen. Plain elements only: a thousand of them pass by in a second.
import type { ShownDeal } from '@/api/agreed';
import type { Format } from '@/format/format';
import { riskOf, riskWords, sourceWords, stageWords } from '@/format/words';
import { StageDot } from '@/ui/StageBadge';
import { memo, type ReactNode } from 'react';
import type { Column } from './columns';
import classes from './deals.module.css';
import { isGone, type ViewDeal } from './view';

export interface RowProps {
  index: number; // in the view
  topPx: number;
  deal: ViewDeal | undefined; // undefined: not read yet
  columns: Column[];
  format: Format;
  active: boolean;
  narrow: boolean;
  flash: number;
}

function Stage({ deal }: { deal: ShownDeal }) {
  return (
    <span className={classes.stage}>
      <StageDot stage={deal.stage} />
      {stageWords[deal.stage]}
    </span>
  );
}

// A deal that is decided is in no danger any more: its score stands alone.
export function Health({ deal }: { deal: ShownDeal }) {
  const score = deal.health_score;
  if (deal.stage === 'closed_won' || deal.stage === 'closed_lost') return <span className={classes.health}>{Math.round(score)}</span>;
  const risk = riskOf(score);
  return (
    <span className={classes.health} data-risk={risk}>
      <b>{Math.round(score)}</b> {riskWords[risk]}
    </span>
  );
}

function cell(deal: ShownDeal, key: Column['key'], format: Format): ReactNode {
  switch (key) {
    case 'name':
      return <a className={classes.name} href={`/deals/${deal.id}`} tabIndex={-1}>{deal.name}</a>;
    case 'value':
      return deal.value_estimated ? <span title="Estimated">≈ {format.money(deal.value, deal.currency)}</span> : format.money(deal.value, deal.currency);
    case 'stage':
      return <Stage deal={deal} />;
    case 'health_score':
      return <Health deal={deal} />;
    case 'probability':
      return format.percent(deal.probability);
    case 'source':
      return sourceWords[deal.source];
    case 'expected_close_date':
    case 'created_at':
    case 'updated_at':
      return deal[key] === null ? '' : format.date(deal[key]);
    default: {
      const said = deal[key];
      return typeof said === 'string' ? said : '';
    }
  }
}

const waiting = (column: Column, index: number) => <span className={classes.bone} style={{ width: `${column.right ? 60 : 45 + ((index * 7 + column.widthPx) % 40)}%` }} aria-hidden />;

function Cells({ deal, columns, format, index }: Pick<RowProps, 'deal' | 'columns' | 'format' | 'index'>) {
  if (deal !== undefined && isGone(deal)) {
    return <div role="gridcell" className={classes.gone} aria-colspan={columns.length}>This deal was deleted</div>;
  }
  return columns.map((column) => (
    <div key={column.key} role="gridcell" className={column.right ? classes.figure : classes.cell}>
      {deal === undefined ? waiting(column, index) : cell(deal, column.key, format)}
    </div>
  ));
}

function Card({ deal, format }: Pick<RowProps, 'deal' | 'format'>) {
  if (deal === undefined) return <div role="gridcell" className={classes.card}><span className={classes.bone} style={{ width: '60%' }} aria-hidden /></div>;
  if (isGone(deal)) return <div role="gridcell" className={classes.gone}>This deal was deleted</div>;
  return (
    <div role="gridcell" className={classes.card}>
      <span className={classes.line}>
        <a className={classes.name} href={`/deals/${deal.id}`} tabIndex={-1}>{deal.name}</a>
        <b>{cell(deal, 'value', format)}</b>
      </span>
      <span className={classes.line}>
        <span className={classes.quiet}>{deal.company ?? deal.contact_name ?? sourceWords[deal.source]}</span>
        <Stage deal={deal} />
        <Health deal={deal} />
      </span>
    </div>
  );
}

export const rowId = (index: number) => `deal-row-${index}`;

export const DealRow = memo(function DealRow({ index, topPx, deal, columns, format, active, narrow, flash }: RowProps) {
  return (
    <div
      role="row"
      id={rowId(index)}
      aria-rowindex={index + 2}
      aria-selected={active}
      aria-busy={deal === undefined || undefined}
      data-index={index}
      data-flash={flash === 0 ? undefined : flash % 2}
      className={narrow ? classes.cardRow : classes.row}
      style={{ top: topPx }}
    >
      {narrow ? <Card deal={deal} format={format} /> : <Cells deal={deal} columns={columns} format={format} index={index} />}
    </div>
  );
});
