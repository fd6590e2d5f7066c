// The journal of a deal as a story: days, and in each what happened, by whom and from where. Pure.
import type { AnySource, JournalRow } from '@/api/agreed';
import { sourceWords } from '@/format/words';

export interface Change {
  field: string;
  before: unknown;
  after: unknown;
  rule: string | null;
}
export interface Entry {
  seq: number;
  at: string;
  kind: JournalRow['kind'];
  activity: string | null; // call, mail, meeting, note
  note: string | null;
  by: string; // who, in words
  source: AnySource;
  arrival: string | null; // ingestion_id
  row: number | null;
  changes: Change[];
}
export interface Day {
  day: string; // 2026-11-24, in the person's zone
  entries: Entry[];
}

// They follow from other changes; in the story they are noise.
const kFollowing = new Set(['stage_entered_at', 'closed_at', 'last_engaged_at', 'updated_at', 'created_at', 'risk_level', 'value_estimated', 'lead_id']);

const ruleWords: Record<string, string> = {
  undo: 'set back by an undo',
  precedence: 'the other source is believed more',
  'precedence.confirmed': 'another source said the same',
};
export function ruleWord(rule: string | null): string | null {
  if (rule === null) return null;
  return ruleWords[rule] ?? (rule.startsWith('estimate.') ? 'estimated' : rule.replaceAll(/[._]/g, ' '));
}

export function actorWord(actor: string, names: ReadonlyMap<string, string>, source: AnySource): string {
  const [kind, id = ''] = actor.split(/:(.*)/s);
  if (kind === 'person') return names.get(id) ?? 'Someone who has left';
  if (kind === 'form') return 'A visitor of the website';
  if (kind === 'key') return source === 'manual' ? 'A program' : sourceWords[source];
  return 'Tributary';
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
const object = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {});

function changesOf(row: JournalRow): Change[] {
  if (row.kind !== 'created' && row.kind !== 'updated') return [];
  const [before, after, rules] = [object(row.data.before), object(row.data.after), object(row.data.rules)];
  return Object.keys(after)
    .filter((field) => !kFollowing.has(field))
    .map((field) => ({ field, before: before[field] ?? null, after: after[field] ?? null, rule: text(rules[field]) }));
}

export function entryOf(row: JournalRow, names: ReadonlyMap<string, string>): Entry {
  const data = object(row.data);
  return {
    seq: row.seq,
    at: row.at,
    kind: row.kind,
    activity: row.kind === 'activity' ? (text(data['type']) ?? 'note') : null,
    note: text(data['note']),
    by: actorWord(row.actor, names, row.source),
    source: row.source,
    arrival: row.ingestion_id,
    row: row.row ?? null,
    changes: changesOf(row),
  };
}

const worthTelling = (entry: Entry) => entry.kind !== 'received' && (entry.kind !== 'updated' || entry.changes.length > 0);

// Newest first; a row told twice (read, and heard live) stands once.
export function timelineOf(rows: JournalRow[], names: ReadonlyMap<string, string>, dayOf: (at: string) => string): Day[] {
  const days: Day[] = [];
  const seen = new Set<number>();
  for (const row of [...rows].sort((a, b) => b.seq - a.seq)) {
    if (seen.has(row.seq)) continue;
    seen.add(row.seq);
    const entry = entryOf(row, names);
    if (!worthTelling(entry)) continue;
    const day = dayOf(row.at);
    const last = days.at(-1);
    if (last?.day === day) last.entries.push(entry);
    else days.push({ day, entries: [entry] });
  }
  return days;
}

// The day on this person's calendar.
export function localDay(at: string): string {
  const when = new Date(at);
  return `${when.getFullYear()}-${String(when.getMonth() + 1).padStart(2, '0')}-${String(when.getDate()).padStart(2, '0')}`;
}
