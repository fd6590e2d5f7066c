// Before a deal is closed: was it won, or why was it lost.
import type { ShownDeal, Stage } from '@/api/agreed';
import { useFormat } from '@/format/use_format';
import { Dialog } from '@/ui/Dialog';
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

const kReasons = ['Price', 'Chose a competitor', 'No budget', 'No answer', 'Wrong time'];
export interface Closing {
  deal: ShownDeal;
  to: Stage;
}
interface Props {
  closing: Closing | null;
  onCancel: () => void;
  onClose: (closing: Closing, reason: string | null) => void;
}

function Lost({ closing, onCancel, onClose }: Props & { closing: Closing }) {
  const [reason, setReason] = useState(closing.deal.lost_reason ?? '');
  const [error, setError] = useState<string | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim() === '') return setError('Say why, in a word or two. It helps with the next one.');
    onClose(closing, reason.trim());
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput data-autofocus label="Why was it lost?" value={reason} error={error} onChange={(event) => setReason(event.currentTarget.value)} maxLength={500} />
        <Group gap={6}>{kReasons.map((word) => <Button key={word} size="compact-xs" variant="default" radius="xl" onClick={() => setReason(word)}>{word}</Button>)}</Group>
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>Cancel</Button>
          <Button type="submit">Mark as lost</Button>
        </Group>
      </Stack>
    </form>
  );
}

export function CloseDialog({ closing, onCancel, onClose }: Props) {
  const format = useFormat();
  const deal = closing?.deal;
  return (
    <Dialog opened={closing !== null} onClose={onCancel} title={closing?.to === 'closed_won' ? 'Mark as won?' : 'Mark as lost'} centered>
      {closing?.to === 'closed_lost' && <Lost closing={closing} onCancel={onCancel} onClose={onClose} />}
      {closing?.to === 'closed_won' && deal && (
        <Stack>
          <Text size="sm">{`“${deal.name}” is won for ${format.money(deal.value, deal.currency)}. Congratulations!`}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={onCancel}>Not yet</Button>
            <Button data-autofocus onClick={() => onClose(closing, null)}>Mark as won</Button>
          </Group>
        </Stack>
      )}
    </Dialog>
  );
}
