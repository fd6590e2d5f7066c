// The headers of the deals table; a click sorts.
import type { Column } from './columns';
import classes from './deals.module.css';
import { kDefaultSort } from './filters';

interface Props {
  columns: Column[];
  sort: string | undefined;
  onSort: (column: Column) => void;
}

export function GridHead({ columns, sort, onSort }: Props) {
  const [by, down] = [(sort ?? kDefaultSort).replace(/^-/, ''), (sort ?? kDefaultSort).startsWith('-')];
  return (
    <div role="row" aria-rowindex={1} className={classes.head}>
      {columns.map((column) => {
        const sorted = column.sort === by;
        return (
          <div key={column.key} role="columnheader" aria-sort={sorted ? (down ? 'descending' : 'ascending') : column.sort ? 'none' : undefined} className={column.right ? classes.figure : classes.cell}>
            {column.sort === undefined ? (
              column.label
            ) : (
              <button type="button" className={classes.sort} data-right={column.right || undefined} onClick={() => onSort(column)} data-sorted={sorted || undefined}>
                {column.label}
                <span aria-hidden>{sorted ? (down ? '↓' : '↑') : '↕'}</span>
              </button>
            )}
          </div>
        );
      })}
    </div>
  );
}
