// What a line of the feed says, as one colleague would tell another. Pure.
import type { JournalRow, Stage } from '@/api/agreed';
import type { Format } from '@/format/format';
import { count, sourceWords, stageWords } from '@/format/words';
import type { FeedLine, ManyLine } from './fold';

export interface Sentence {
  before: string; // text before the deal's name
  deal: string | null; // the deal's name; leads to the deal
  after: string; // text after it
  detail: string | null;
}

export interface Names {
  deal: (id: string | null) => string | null; // null: not known (yet)
  actor: (actor: string) => string | null; // a person's name; null for programs
}

const activityWords: Record<string, string> = { call: 'Call', mail: 'E-mail', meeting: 'Meeting', note: 'Note' };
const fieldWords: Record<string, string> = {
  name: 'name', company: 'company', value: 'value', currency: 'currency', stage: 'stage', probability: 'probability', owner: 'owner', description: 'description',
  expected_close_date: 'close date', contact_name: 'contact', contact_email: 'contact e-mail', contact_phone: 'contact phone', lost_reason: 'reason for the loss',
};
type Fields = Record<string, unknown>;
const text = (value: unknown) => (typeof value === 'string' ? value : null);
const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const stage = (value: unknown) => stageWords[value as Stage] ?? String(value);

// What of a change matters most to who reads it, first; the rest is only named.
function mainChange(before: Fields, after: Fields, format: Format): { field: string; after: string } | null {
  if ('stage' in after) {
    if (after.stage === 'closed_won') return { field: 'stage', after: ' is won' };
    if (after.stage === 'closed_lost') return { field: 'stage', after: ' is lost' };
    return { field: 'stage', after: ` moved from ${stage(before.stage)} to ${stage(after.stage)}` };
  }
  const currency = text(after.currency) ?? text(before.currency);
  const money = (value: unknown) => (typeof value === 'number' ? (currency ? format.money(value, currency) : format.number(value)) : 'nothing');
  if ('value' in after) return { field: 'value', after: ` is worth ${money(after.value)} now, was ${money(before.value)}` };
  const day = text(after.expected_close_date);
  if (day) return { field: 'expected_close_date', after: ` closes ${format.date(day)}${text(before.expected_close_date) ? `, was ${format.date(text(before.expected_close_date))}` : ''}` };
  const owner = text(after.owner);
  if (owner) return { field: 'owner', after: ` belongs to ${owner} now` };
  if (typeof after.probability === 'number') return { field: 'probability', after: ` has a chance of ${format.percent(after.probability)} now${typeof before.probability === 'number' ? `, was ${format.percent(before.probability)}` : ''}` };
  const name = text(after.name);
  if (name) return { field: 'name', after: ` was called ${text(before.name) ?? 'otherwise'} before` };
  return null;
}

function updated(row: JournalRow, deal: string, format: Format): Sentence {
  const before = fieldsOf(row.data.before);
  const after = fieldsOf(row.data.after);
  const main = mainChange(before, after, format);
  const others = Object.keys(after).filter((field) => field !== main?.field && fieldWords[field] !== undefined).map((field) => fieldWords[field]);
  if (main) return { before: '', deal, after: main.after, detail: others.length > 0 ? `Also changed: ${others.join(', ')}` : null };
  return { before: '', deal, after: others.length > 0 ? ` has a new ${others.join(', ')}` : ' was brought up to date', detail: null };
}

function created(row: JournalRow, deal: string, names: Names, format: Format): Sentence {
  const after = fieldsOf(row.data.after);
  const who = names.actor(row.actor);
  const value = typeof after.value === 'number' && text(after.currency) ? format.money(after.value, text(after.currency) ?? '') : null;
  const detail = [text(after.company), value === null ? null : after.value_estimated === true ? `about ${value}` : value, after.stage === undefined ? null : stage(after.stage)];
  return { before: who ? `${who} added ` : 'New deal: ', deal, after: '', detail: detail.filter(Boolean).join(' · ') || null };
}

function lead(row: JournalRow, made: boolean): Sentence {
  const change = fieldsOf(fieldsOf(row.data.lead).after);
  const name = [text(change.first_name), text(change.last_name)].filter(Boolean).join(' ') || text(change.email);
  if (made) return { before: `New lead${name ? `: ${name}` : ''}`, deal: null, after: '', detail: text(change.company) };
  return { before: 'A lead wrote again', deal: null, after: '', detail: null };
}

function rowSentence(row: JournalRow, names: Names, format: Format): Sentence {
  const deal = text(fieldsOf(row.data.after).name) ?? names.deal(row.deal_id) ?? 'A deal';
  const said = row.data as Fields;
  switch (row.kind) {
    case 'created': return created(row, deal, names, format);
    case 'updated': return updated(row, deal, format);
    case 'deleted': return { before: '', deal, after: ' was deleted', detail: null };
    case 'restored': return { before: '', deal, after: ' is back', detail: null };
    case 'activity': return { before: `${activityWords[text(said.type) ?? ''] ?? 'Activity'} on `, deal, after: '', detail: text(said.note) };
    case 'automation': return said.name === 'high_risk_alert' ? { before: '', deal, after: ' is at risk now', detail: null } : { before: 'Automation for ', deal, after: '', detail: text(said.note) };
    case 'lead_created': return lead(row, true);
    case 'lead_updated': return lead(row, false);
    case 'import_started': return { before: `${sourceWords[row.source]} import began`, deal: null, after: '', detail: null };
    case 'import_finished': return { before: `${sourceWords[row.source]} import ended`, deal: null, after: '', detail: null };
    default: return { before: `${sourceWords[row.source]} sent something`, deal: null, after: '', detail: null };
  }
}

const kEnds: Record<string, string> = { cancelled: ', then cancelled', failed: ', then stopped by an error' };

function listed(counts: Record<string, number>, words: [string, string][], format: Format): string | null {
  const parts = words.filter(([kind]) => (counts[kind] ?? 0) > 0).map(([kind, word]) => `${format.number(counts[kind] ?? 0)} ${word}`);
  return parts.length > 0 ? parts.join(', ') : null;
}

function manySentence(line: ManyLine, format: Format): Sentence {
  const counts = line.end?.counts ?? line.counts;
  const sum = (...kinds: string[]) => kinds.reduce((total, kind) => total + (counts[kind] ?? 0), 0);
  const deals = (number: number) => count(number, format.number(number), 'deal');
  if (line.end?.undo) {
    const words: [string, string][] = [['removed', 'taken away'], ['restored', 'brought back'], ['reverted', 'as they were'], ['kept', 'kept, changed since']];
    return { before: `Undone: ${deals(sum('removed', 'restored', 'reverted'))}`, deal: null, after: '', detail: listed(counts, words, format) };
  }
  if (line.end?.state === 'planned') return { before: `${sourceWords[line.source]}: looked at, nothing saved yet`, deal: null, after: '', detail: null };
  const changed = line.end ? sum('created', 'updated', 'unchanged') : sum('created', 'updated', 'deleted', 'restored');
  const words: [string, string][] = line.end
    ? [['created', 'new'], ['updated', 'updated'], ['unchanged', 'unchanged'], ['skipped', 'skipped'], ['rejected', 'not taken']]
    : [['created', 'new'], ['updated', 'updated'], ['deleted', 'deleted'], ['restored', 'brought back']];
  const who = line.source === 'system' ? 'Changed' : sourceWords[line.source];
  return { before: `${who}: ${deals(changed)}${kEnds[line.end?.state ?? ''] ?? ''}`, deal: null, after: '', detail: listed(counts, words, format) };
}

export function sentence(line: FeedLine, names: Names, format: Format): Sentence {
  return line.kind === 'row' ? rowSentence(line.row, names, format) : manySentence(line, format);
}
