// The fields of a deal that a person may change, and the words for all that may change.
import type { Deal } from '@/api/agreed';
import type { Format } from '@/format/format';
import { sourceWords, stageWords } from '@/format/words';

export type FieldKind = 'text' | 'long' | 'money' | 'percent' | 'date' | 'stage';
export type EditableKey = 'name' | 'company' | 'value' | 'currency' | 'stage' | 'probability' | 'expected_close_date' | 'owner' | 'contact_name' | 'contact_email' | 'contact_phone' | 'description' | 'lost_reason';

export interface Field {
  key: EditableKey;
  label: string;
  kind: FieldKind;
  empty: string; // what to say where nothing is
}

export const fields: Field[] = [
  { key: 'name', label: 'Name', kind: 'text', empty: '' },
  { key: 'company', label: 'Company', kind: 'text', empty: 'Add a company' },
  { key: 'value', label: 'Value', kind: 'money', empty: 'Add a value' },
  { key: 'stage', label: 'Stage', kind: 'stage', empty: '' },
  { key: 'probability', label: 'Chance of winning', kind: 'percent', empty: '' },
  { key: 'expected_close_date', label: 'Closes', kind: 'date', empty: 'Add a close date' },
  { key: 'owner', label: 'Owner', kind: 'text', empty: 'Add an owner' },
  { key: 'contact_name', label: 'Contact', kind: 'text', empty: 'Add a contact' },
  { key: 'contact_email', label: 'E-mail', kind: 'text', empty: 'Add an e-mail' },
  { key: 'contact_phone', label: 'Phone', kind: 'text', empty: 'Add a phone number' },
  { key: 'lost_reason', label: 'Why it was lost', kind: 'text', empty: 'Add a reason' },
  { key: 'description', label: 'Description', kind: 'long', empty: 'Add a description' },
];
export const fieldOf = (key: EditableKey): Field => {
  const found = fields.find((field) => field.key === key);
  if (found === undefined) throw new Error(`There is no field ${key}.`);
  return found;
};

const otherWords: Record<string, string> = {
  currency: 'Currency',
  source: 'Source',
  lead_id: 'Lead',
  external_ids: 'Other systems',
  source_metadata: 'Extra data',
  value_estimated: 'Value is an estimate',
  health_score: 'Health',
  risk_level: 'Risk',
  is_spam: 'Spam',
  deleted_at: 'Deleted',
  created_at: 'Added',
  stage_entered_at: 'In this stage since',
  closed_at: 'Closed',
  last_engaged_at: 'Last contact',
};
export const fieldWord = (key: string): string => fields.find((field) => field.key === key)?.label ?? otherWords[key] ?? key.replaceAll('_', ' ');

// A value of the deal as one reads it; null for nothing.
export function shownValue(key: string, value: unknown, deal: Pick<Deal, 'currency'>, format: Format): string | null {
  if (value === null || value === undefined || value === '') return null;
  if (key === 'value' && typeof value === 'number') return format.money(value, deal.currency);
  if (key === 'probability' && typeof value === 'number') return format.percent(value);
  if (key === 'stage' && typeof value === 'string' && Object.hasOwn(stageWords, value)) return stageWords[value as Deal['stage']];
  if (key === 'source' && typeof value === 'string' && Object.hasOwn(sourceWords, value)) return sourceWords[value as Deal['source']];
  if (key === 'expected_close_date' && typeof value === 'string') return format.date(value);
  if (key.endsWith('_at') && typeof value === 'string') return format.date_time(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return format.number(value);
  if (key === 'external_ids' && Array.isArray(value)) return (value as { system: string; id: string }[]).map(({ system, id }) => `${system} ${id}`).join(', ') || null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

// What is typed, as the API takes it: null clears.
export function typedValue(kind: FieldKind, typed: string): string | number | null {
  const text = typed.trim();
  if (text === '') return null;
  if (kind === 'percent' || kind === 'money') return Number.isFinite(Number(text)) ? Number(text) : text;
  return text;
}
