// What stands in a column: three different cells, and how many of the rows looked at have one. Pure.
import type { Row } from './imports';

export interface Samples {
  cells: string[];
  filled: number;
  looked_at: number;
}
const SHOWN = 3;

export function samplesOf(rows: Row[], header: string): Samples {
  const cells = new Set<string>();
  let filled = 0;
  let looked_at = 0;
  for (const row of rows) {
    if (row.cells === undefined) continue;
    looked_at += 1;
    const cell = Object.hasOwn(row.cells, header) ? (row.cells[header] ?? '').trim() : '';
    if (cell === '') continue;
    filled += 1;
    if (cells.size < SHOWN) cells.add(cell);
  }
  return { cells: [...cells], filled, looked_at };
}
