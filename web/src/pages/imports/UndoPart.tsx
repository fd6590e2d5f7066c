// Taking an import back: first what that would do, then doing it. An undo is taken back the same way.
import { useFormat } from '@/format/use_format';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { Button, Card, Group, List, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { readingOf, undoImport, type Import, type UndoAnswer } from './imports';
import { undoWords } from './words';

interface Props {
  one: Import;
  refetch: () => void;
}
const SHOWN_MAX = 8;

export function UndoPart({ one, refetch }: Props) {
  // What has been undone is brought back by undoing its undo.
  const undone_by = one.state === 'undone' ? readingOf(one).undone_by : undefined;
  const target = undone_by ?? one.import_id;
  const back = undone_by !== undefined || one.source === 'system';
  const words = back ? { ask: 'Bring it back', title: 'Bring it back?', go: 'Bring it back' } : { ask: 'Undo this import', title: 'Undo this import?', go: 'Undo' };
  const look = useMutation({ mutationFn: () => undoImport(target, true) });
  const undo = useMutation({
    mutationFn: () => undoImport(target, false),
    onSuccess: () => {
      look.reset();
      refetch();
    },
  });
  const can = one.state === 'done' || one.state === 'cancelled' || one.state === 'failed' || undone_by !== undefined;
  if (!can || (one.counts.created + one.counts.updated === 0 && !back)) return null;
  const error = look.error ?? undo.error;
  return (
    <Stack gap="sm" align="stretch">
      {!look.data && <Group><Button variant="default" loading={look.isPending} onClick={() => look.mutate()}>{words.ask}</Button></Group>}
      {look.data && <Confirm answer={look.data} title={words.title} go={words.go} busy={undo.isPending} onGo={() => undo.mutate()} onStay={() => look.reset()} />}
      {error !== null && <ErrorAlert error={error} />}
    </Stack>
  );
}

interface ConfirmProps {
  answer: UndoAnswer;
  title: string;
  go: string;
  busy: boolean;
  onGo: () => void;
  onStay: () => void;
}

function Confirm({ answer, title, go, busy, onGo, onStay }: ConfirmProps) {
  const format = useFormat();
  const kept = answer.results.flatMap((row) => (row.warnings ?? []).filter((warning) => warning.code === 'kept' || warning.code === 'blocked'));
  return (
    <Card withBorder padding="md">
      <Stack gap="sm">
        <Title order={3} size="h5">{title}</Title>
        <Text size="sm" role="status">{undoWords(answer.counts, format, true)}</Text>
        {kept.length > 0 && (
          <List size="sm" spacing={2}>
            {kept.slice(0, SHOWN_MAX).map((warning, at) => <List.Item key={at}>{warning.message}</List.Item>)}
            {kept.length > SHOWN_MAX && <List.Item>And {format.number(kept.length - SHOWN_MAX)} more.</List.Item>}
          </List>
        )}
        <Group gap="sm">
          <Button color="red" loading={busy} onClick={onGo} data-autofocus>{go}</Button>
          <Button variant="default" onClick={onStay}>Leave it as it is</Button>
        </Group>
      </Stack>
    </Card>
  );
}
