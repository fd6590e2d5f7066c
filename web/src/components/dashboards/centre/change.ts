// How a figure stands against an earlier day, in words: the sign is never only a colour.
import type { Format } from '@/format/format';

export interface ChangeWords {
  way: 'up' | 'down' | 'same' | 'unknown';
  text: string;
}

// `shown` writes an amount without its sign.
export function changeWords(change: number | null | undefined, since: string | null | undefined, days: number, shown: (amount: number) => string, format: Format, now = Date.now()): ChangeWords {
  if (change === null || change === undefined || !since) return { way: 'unknown', text: 'Nothing to compare with yet' };
  const age = Math.round((now - Date.parse(since)) / 86_400_000);
  const span = age >= days - 1 ? `in ${days} days` : now - Date.parse(since) < 86_400_000 ? 'today' : `since ${format.date(since)}`;
  if (change === 0) return { way: 'same', text: `No change ${span}` };
  return { way: change > 0 ? 'up' : 'down', text: `${change > 0 ? 'Up' : 'Down'} ${shown(Math.abs(change))} ${span}` };
}
