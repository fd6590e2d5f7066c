// Columns that can be read in two ways, as questions a sales person can answer. Pure.
import type { Reading } from './mapping';

export interface Decision {
  column: string;
  field: string;
  option: string;
  candidates: string[];
  examples: { line: number; cell: string }[];
  reason: string;
  open_cells?: number;
}

export interface Answer {
  reading: Reading;
  label: string;
}

const READINGS = new Set<string>(['mdy', 'dmy', 'ymd', 'iso', '.', ',', 'percent', 'fraction']);

// "3/4/2027" as day first is 3 April 2027; null when the cell has not three numbers.
function asDay(cell: string, order: string): string | null {
  const parts = cell.match(/\d+/g);
  if (parts === null || parts.length < 3) return null;
  const at = { d: order.indexOf('d'), m: order.indexOf('m'), y: order.indexOf('y') };
  const year = Number(parts[at.y]);
  const date = new Date(Date.UTC(year < 100 ? 2000 + year : year, Number(parts[at.m]) - 1, Number(parts[at.d])));
  return Number.isNaN(date.getTime()) ? null : new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeZone: 'UTC' }).format(date);
}

function asAmount(cell: string, mark: string): string | null {
  const digits = cell.replace(/[^\d.,]/g, '');
  const value = Number(digits.replaceAll(mark === '.' ? ',' : '.', '').replace(mark, '.'));
  return digits === '' || Number.isNaN(value) ? null : new Intl.NumberFormat(undefined, { maximumFractionDigits: 6 }).format(value);
}

function meaning(reading: string, cell: string): string {
  if (reading === 'percent') return `${cell.replace('%', '').trim()}%`;
  if (reading === 'fraction') return `${new Intl.NumberFormat().format(Number(cell) * 100)}%`;
  if (reading === '.' || reading === ',') return asAmount(cell, reading) ?? (reading === '.' ? 'a point before the decimals' : 'a comma before the decimals');
  if (reading === 'iso') return 'only year-month-day is a date';
  return asDay(cell, reading) ?? reading;
}

const ORDERS: Record<string, string> = { dmy: 'day first', mdy: 'month first', ymd: 'year first', percent: 'percent', fraction: 'a share of one', '.': 'decimal point', ',': 'decimal comma' };

export function question(decision: Decision): string {
  const cell = decision.examples[0]?.cell ?? '';
  return `What does “${cell}” in “${decision.column}” mean?`;
}

export function answers(decision: Decision): Answer[] {
  const cell = decision.examples[0]?.cell ?? '';
  return decision.candidates
    .filter((candidate): candidate is Reading => READINGS.has(candidate))
    .map((reading) => ({ reading, label: `${meaning(reading, cell)} (${ORDERS[reading] ?? reading})` }));
}
