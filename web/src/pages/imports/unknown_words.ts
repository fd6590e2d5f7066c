// Words of the file that are none of ours, with how many rows have them, most frequent first. Pure.
import type { Row } from './imports';

export interface UnknownWord {
  field: string;
  word: string;
  rows: number;
}
const ASKED = new Set(['unknown_stage', 'unknown_currency']);
const SHOWN_MAX = 20;

export function unknownWords(rows: Row[]): UnknownWord[] {
  const found = new Map<string, UnknownWord>();
  for (const row of rows)
    for (const detail of row.details ?? []) {
      if (!ASKED.has(detail.code) || !detail.value) continue;
      const key = JSON.stringify([detail.field, detail.value.trim().toLowerCase()]);
      const known = found.get(key);
      if (known) known.rows += 1;
      else found.set(key, { field: detail.field, word: detail.value.trim(), rows: 1 });
    }
  return [...found.values()].sort((a, b) => b.rows - a.rows).slice(0, SHOWN_MAX);
}
