// Imports in words. Pure.
import type { Format } from '@/format/format';
import { stageWords } from '@/format/words';
import type { Stage } from '@/api/agreed';
import type { Action, Import, UndoCounts } from './imports';

export const stateWords: Record<Import['state'], string> = {
  planned: 'Ready to check',
  running: 'Running',
  done: 'Done',
  cancelled: 'Stopped',
  failed: 'Failed',
  undoing: 'Being undone',
  undone: 'Undone',
};

export const actionWords: Record<Action, string> = { created: 'New', updated: 'Updated', unchanged: 'Unchanged', skipped: 'Skipped', rejected: 'Refused' };
export const planWords: Record<Action, string> = { created: 'New deals', updated: 'Updates', unchanged: 'Unchanged', skipped: 'No deals', rejected: 'Need fixing' };
export const actions: Action[] = ['created', 'updated', 'unchanged', 'skipped', 'rejected'];
export const actionColors: Record<Action, string> = { created: 'teal', updated: 'blue', unchanged: 'gray', skipped: 'gray', rejected: 'red' };

export function nameOf(one: Import): string {
  if (one.file_name) return one.file_name;
  if (one.source === 'system') return one.door === '/undo' ? 'An import taken back' : 'Values set by source order';
  return `${one.source} ${one.door}`;
}

const plural = (format: Format, count: number, one: string, many = `${one}s`) => `${format.number(count)} ${count === 1 ? one : many}`;

// "would remove 880 deals, set back 12, keep 3".
export function undoWords(counts: UndoCounts, format: Format, would: boolean): string {
  const parts: string[] = [];
  const say = (count: number, words: string) => count > 0 && parts.push(words);
  say(counts.removed, `${would ? 'remove' : 'removed'} ${plural(format, counts.removed, 'deal')}`);
  say(counts.reverted, `set ${plural(format, counts.reverted, 'deal')} back to what ${counts.reverted === 1 ? 'it was' : 'they were'}`);
  say(counts.restored, `${would ? 'bring' : 'brought'} back ${plural(format, counts.restored, 'deal')}`);
  say(counts.leads_removed, `${would ? 'remove' : 'removed'} ${plural(format, counts.leads_removed, 'lead')}`);
  say(counts.kept, `${would ? 'keep' : 'kept'} ${plural(format, counts.kept, 'deal')} that somebody has changed since`);
  if (counts.blocked > 0) parts.push(`${would ? 'leave' : 'left'} ${format.number(counts.blocked)} that cannot go back`);
  if (parts.length === 0) return would ? 'This would change nothing.' : 'Nothing had to change.';
  return `${would ? 'This would ' : 'It has '}${parts.join(', ')}.`;
}

// A value of a deal's field as a person reads it.
export function shownValue(field: string, value: unknown, currency: unknown, format: Format): string {
  if (value === null || value === undefined || value === '') return 'empty';
  if (field === 'value' && typeof value === 'number') return typeof currency === 'string' ? format.money(value, currency) : format.number(value);
  if (field === 'stage') return stageWords[value as Stage] ?? String(value);
  if (field === 'probability' && typeof value === 'number') return format.percent(value);
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}(T.*)?$/.test(value)) return format.date(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
