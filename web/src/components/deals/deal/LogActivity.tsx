// Logs a call, a mail, a meeting or a note.
import { api, ApiError, need } from '@/api/client';
import { notifyDone } from '@/ui/undo';
import { Button, Group, SegmentedControl, Stack, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { rereadDeal } from './use_deal';

const kinds = [
  { value: 'call', label: 'Call' },
  { value: 'mail', label: 'E-mail' },
  { value: 'meeting', label: 'Meeting' },
  { value: 'note', label: 'Note' },
] as const;
type Kind = (typeof kinds)[number]['value'];
const asks: Record<Kind, string> = { call: 'What was said on the phone?', mail: 'What was written?', meeting: 'What was agreed?', note: 'What should be remembered?' };

export function LogActivity({ id }: { id: string }) {
  const cache = useQueryClient();
  const [kind, setKind] = useState<Kind>('call');
  const [note, setNote] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [saving, setSaving] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (note.trim() === '') return setError('Write a word or two first.');
    setSaving(true);
    try {
      await need(api.POST('/api/sales/deals/{id}/activities', { params: { path: { id }, header: { 'Idempotency-Key': crypto.randomUUID() } }, body: { type: kind, note: note.trim() } }));
      setNote('');
      setError(null);
      notifyDone(`${kinds.find((one) => one.value === kind)?.label} logged.`);
      await rereadDeal(cache, id);
    } catch (failed) {
      setError(failed instanceof ApiError ? (failed.details[0]?.message ?? failed.message) : 'That did not work. Try again.');
    } finally {
      setSaving(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack gap="xs">
        <SegmentedControl aria-label="What to log" data={[...kinds]} value={kind} onChange={(value) => setKind(value as Kind)} size="xs" />
        <Textarea aria-label={asks[kind]} placeholder={asks[kind]} value={note} error={error} autosize minRows={2} maxRows={8} onChange={(event) => setNote(event.currentTarget.value)} />
        <Group justify="flex-end"><Button type="submit" size="xs" loading={saving}>Log it</Button></Group>
      </Stack>
    </form>
  );
}
