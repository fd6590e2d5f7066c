// How far a running import (or an undo) is, and a way to stop it.
import { useFormat } from '@/format/use_format';
import { useImports } from '@/live/live';
import { useSession } from '@/session/session';
import { ErrorAlert } from '@/ui/ErrorAlert';
import type { ImportProgress } from '@/api/agreed';
import { Button, Card, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { cancelImport, type Import } from './imports';
import { CountsBar } from './CountsBar';
import { bytesText, durationText } from './rate';

interface Props {
  one: Import;
  progress: ImportProgress | null;
  planning: boolean;
}

const PHASES: Record<ImportProgress['phase'], string> = { receiving: 'The file is coming in', waiting: 'Waiting for other imports', running: '' };

function title(one: Import, planning: boolean): string {
  if (one.state === 'undoing' || one.source === 'system') return 'Taking it back';
  return planning ? 'Looking at what it would do' : 'Importing';
}

export function RunStep({ one, progress, planning }: Props) {
  const session = useSession();
  const format = useFormat();
  const live = useImports().find((each) => each.import_id === one.import_id);
  const at = live?.progress ?? progress;
  const cancel = useMutation({ mutationFn: () => cancelImport(one.import_id) });
  const percent = at?.bytes_total ? Math.min(100, (at.bytes / at.bytes_total) * 100) : null;
  const facts = at === null ? [] : [
    PHASES[at.phase],
    at.rows > 0 ? `${format.number(at.rows)} rows` : '',
    at.rows_per_second > 0 ? `${format.number(Math.round(at.rows_per_second))} a second` : '',
    at.bytes_total ? `${bytesText(at.bytes)} of ${bytesText(at.bytes_total)}` : '',
    at.seconds_left === null ? '' : `${durationText(at.seconds_left)} left`,
  ].filter(Boolean);
  return (
    <Card withBorder padding="lg">
      <Stack gap="md">
        <Title order={2} size="h4">{title(one, planning)}</Title>
        <Progress value={percent ?? 100} animated={percent === null} striped={percent === null} size="lg" aria-label="Progress" />
        <Text size="sm" role="status">{facts.join(' · ') || 'Starting'}</Text>
        <CountsBar counts={live?.counts ?? one.counts} />
        {cancel.isError && <ErrorAlert error={cancel.error} />}
        <Group justify="space-between">
          <Text size="sm" c="dimmed">It goes on when you leave this page, and after a restart of the server.</Text>
          {session.can('write') && one.state === 'running' && one.source !== 'system' && <Button variant="default" loading={cancel.isPending || cancel.isSuccess} onClick={() => cancel.mutate()}>Stop</Button>}
        </Group>
      </Stack>
    </Card>
  );
}
