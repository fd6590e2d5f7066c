// What became of an import: the rows, the refused ones as a file, the alerts that wait, and the way back.
import { useFormat } from '@/format/use_format';
import { useSession } from '@/session/session';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { notifyDone } from '@/ui/undo';
import { Alert, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { planAgain, readingOf, releaseHeld, type Action, type Import } from './imports';
import { RowList } from './RowList';
import { Tiles } from './Tiles';
import { UndoPart } from './UndoPart';
import { undoWords } from './words';
import { Notice } from '@/components/sources/Notice';

export function ResultStep({ one, refetch }: { one: Import; refetch: () => void }) {
  const session = useSession();
  const [filter, setFilter] = useState<Action | null>(null);
  const isUndo = one.source === 'system';
  const own = readingOf(one).counts;
  const format = useFormat();
  return (
    <Stack gap="lg">
      <Ending one={one} />
      {isUndo && own && <Text>{undoWords(own, format, false)}</Text>}
      {!isUndo && <Tiles counts={one.counts} chosen={filter} onChoose={setFilter} />}
      {session.can('write') && <Doings one={one} refetch={refetch} />}
      {session.can('write') && <UndoPart one={one} refetch={refetch} />}
      <Stack gap="xs">
        <Title order={2} size="h4">Rows</Title>
        <RowList one={one} filter={filter} planned={false} fixes={null} />
      </Stack>
    </Stack>
  );
}

function Ending({ one }: { one: Import }) {
  const format = useFormat();
  const { created, updated, unchanged } = one.counts;
  if (one.state === 'failed') return <Alert color="red" title="The import has failed" role="alert">{one.failure ?? 'What was done until then is kept, and can be undone.'}</Alert>;
  if (one.state === 'cancelled') return <Alert color="gray" title="The import was stopped">What was done until then is kept, and can be undone.</Alert>;
  if (one.state === 'undone') return <Alert color="gray" title="This import was taken back">Its deals are as they were before.</Alert>;
  if (one.source === 'system') return null;
  const done = created + updated === 0 ? `Nothing new: ${format.number(unchanged)} deals were already here.` : [created > 0 ? `${format.number(created)} new` : '', updated > 0 ? `${format.number(updated)} updated` : ''].filter(Boolean).join(', ');
  return <div role="status"><Title order={2} size="h3">{created + updated === 0 ? done : `Done: ${done}`}</Title></div>;
}

function Doings({ one, refetch }: { one: Import; refetch: () => void }) {
  const format = useFormat();
  const navigate = useNavigate();
  const release = useMutation({
    mutationFn: () => releaseHeld(one.import_id),
    onSuccess: () => {
      notifyDone('The alerts are on their way.');
      refetch();
    },
  });
  const again = useMutation({ mutationFn: () => planAgain(one.import_id, {}), onSuccess: (id) => void navigate({ to: '/imports/$id', params: { id }, search: { step: 'columns' } as never }) });
  const held = one.automations.policy === 'held' && one.automations.held > 0 && one.state === 'done';
  const rejected = one.counts.rejected > 0;
  const replayable = one.source === 'csv' && (one.state === 'done' || one.state === 'undone' || one.state === 'cancelled');
  const error = release.error ?? again.error;
  return (
    <Stack gap="sm">
      {held && (
        <Notice title={`${format.number(one.automations.held)} alerts wait for you`}>
          <Text size="sm">Deals of this import have become risky. Alerts about them were not sent, so that you can look first.</Text>
          <Button size="xs" mt="xs" loading={release.isPending} onClick={() => release.mutate()}>Send the alerts</Button>
        </Notice>
      )}
      {(rejected || replayable) && (
        <Group gap="sm">
          {rejected && <Button component="a" href={`/api/sales/imports/${one.import_id}/errors.csv`} download variant="default">Download the {format.number(one.counts.rejected)} refused {one.counts.rejected === 1 ? 'row' : 'rows'}</Button>}
          {replayable && <Button variant="default" loading={again.isPending} onClick={() => again.mutate()}>Read the file again</Button>}
        </Group>
      )}
      {error !== null && <ErrorAlert error={error} />}
    </Stack>
  );
}
