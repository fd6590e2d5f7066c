// One field of a deal: shown, changed in place, and asked "why this value?".
import type { Deal } from '@/api/agreed';
import { ApiError } from '@/api/client';
import { useFormat } from '@/format/use_format';
import { stageWords } from '@/format/words';
import { ActionIcon, Alert, Button, Group, NativeSelect, Text, Textarea, TextInput } from '@mantine/core';
import IconHistory from '@tabler/icons-react/dist/esm/icons/IconHistory.mjs';
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { fieldWord, shownValue, typedValue, type Field } from './fields';
import classes from './deal.module.css';
import type { SaveField } from './use_save';

interface Props {
  field: Field;
  deal: Deal;
  mayEdit: boolean;
  onSave: SaveField;
  onWhy: (field: string) => void;
  shown?: ReactNode; // instead of the plain value
}

const startOf = (field: Field, deal: Deal) => String(deal[field.key] ?? '');

interface InputProps {
  field: Field;
  currency: string;
  value: string;
  error: string | null;
  onChange: (value: string) => void;
}
function Input({ field, currency, value, error, onChange }: InputProps) {
  const set = (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value);
  const common = { 'aria-label': field.label, size: 'sm' as const, value, error, onChange: set, 'data-autofocus': true };
  if (field.kind === 'stage') return <NativeSelect {...common} data={Object.entries(stageWords).map(([key, label]) => ({ value: key, label }))} />;
  if (field.kind === 'long') return <Textarea {...common} autosize minRows={3} maxRows={12} />;
  if (field.kind === 'date') return <TextInput {...common} type="date" />;
  if (field.kind === 'money') return <TextInput {...common} inputMode="decimal" rightSection={<Text size="xs" c="dimmed">{currency}</Text>} rightSectionWidth={44} />;
  if (field.kind === 'percent') return <TextInput {...common} inputMode="decimal" rightSection={<Text size="xs" c="dimmed">%</Text>} />;
  return <TextInput {...common} />;
}

interface FormProps extends Pick<Props, 'field' | 'deal' | 'onSave'> {
  onDone: () => void;
}
function EditForm({ field, deal, onSave, onDone }: FormProps) {
  const format = useFormat();
  const form = useRef<HTMLFormElement>(null);
  const [typed, setTyped] = useState(() => startOf(field, deal));
  const [saving, setSaving] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [theirs, setTheirs] = useState<Deal | null>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>('input, textarea, select')?.focus(), []);

  const save = async (against: Deal) => {
    setSaving(true);
    setError(null);
    try {
      const outcome = await onSave(field, typedValue(field.kind, typed), against);
      if (outcome === null) return onDone();
      setTheirs(outcome);
    } catch (failed) {
      const said = failed instanceof ApiError ? (failed.details.find((detail) => detail.field === field.key)?.message ?? failed.message) : 'That did not work. Try again.';
      setError(said);
    } finally {
      setSaving(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed === startOf(field, deal)) return onDone();
    void save(deal);
  };
  return (
    <form ref={form} className={classes.form} onSubmit={submit} onKeyDown={(event) => event.key === 'Escape' && onDone()}>
      <Input field={field} currency={deal.currency} value={typed} error={error} onChange={setTyped} />
      {theirs === null ? (
        <Group gap="xs">
          <Button type="submit" size="compact-sm" loading={saving}>Save</Button>
          <Button size="compact-sm" variant="default" onClick={onDone}>Cancel</Button>
        </Group>
      ) : (
        <Alert color="yellow" variant="light" title="Changed meanwhile" role="alert">
          <Text size="sm">{`${field.label} is now ${shownValue(field.key, theirs[field.key], theirs, format) ?? 'empty'}.`}</Text>
          <Group gap="xs" mt="xs">
            <Button size="compact-sm" loading={saving} onClick={() => void save(theirs)}>Save mine</Button>
            <Button size="compact-sm" variant="default" onClick={onDone}>Keep theirs</Button>
          </Group>
        </Alert>
      )}
    </form>
  );
}

export function FieldEditor({ field, deal, mayEdit, onSave, onWhy, shown }: Props) {
  const format = useFormat();
  const [editing, setEditing] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const value = shownValue(field.key, deal[field.key], deal, format);
  const close = () => {
    setEditing(false);
    requestAnimationFrame(() => button.current?.focus());
  };
  if (editing) return <EditForm field={field} deal={deal} onSave={onSave} onDone={close} />;
  const face = shown ?? (value === null ? <span className={classes.empty}>{mayEdit ? field.empty : '–'}</span> : value);
  return (
    <div className={classes.field}>
      {mayEdit ? (
        <button ref={button} type="button" className={classes.value} onClick={() => setEditing(true)} data-long={field.kind === 'long' || undefined}>
          <span className={classes.hidden}>Change {fieldWord(field.key)}: </span>
          {face}
        </button>
      ) : (
        <span className={classes.value}>{face}</span>
      )}
      <ActionIcon className={classes.why} variant="subtle" color="gray" size="sm" aria-label={`Why this ${field.label.toLowerCase()}?`} title="Why this value?" onClick={() => onWhy(field.key)}>
        <IconHistory size={15} aria-hidden />
      </ActionIcon>
    </div>
  );
}
