// One import, whatever its state: what it would do, how far it is, what became of it. The step stands in the address, so that a
// reload comes back to it.
import { useFormat } from '@/format/use_format';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { PageSkeleton } from '@/ui/Skeletons';
import { Anchor, Group, Stack, Text, Title } from '@mantine/core';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { CheckStep } from './CheckStep';
import { ColumnsStep } from './ColumnsStep';
import { isMoving, readingOf, useImport, type Import } from './imports';
import { useActorName } from './people';
import { ResultStep } from './ResultStep';
import { RunStep } from './RunStep';
import { StateBadge } from './StateBadge';
import { StepLine, type Step } from './StepLine';
import { bytesText } from './rate';
import { nameOf } from './words';
import { Notice } from '@/components/sources/Notice';

export default function ImportPage() {
  const { id = '' } = useParams({ strict: false });
  const { step } = useSearch({ strict: false }) as { step?: string };
  const navigate = useNavigate();
  const asked = useImport(id);
  if (asked.isPending) return <PageSkeleton />;
  // An answer that fails to come leaves what one saw: the header says that the connection is gone, and the next answer goes on.
  if (!asked.data) return <ErrorAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  const one = asked.data.import;
  const go = (next: Step, to = id) => void navigate({ to: '/imports/$id', params: { id: to }, search: { step: next } as never, replace: to !== id });
  const at = stepOf(one, step);
  return (
    <Stack gap="lg" maw={1080} mx="auto">
      <Head one={one} />
      {one.source === 'csv' && <StepLine at={at} planned={one.state === 'planned'} onStep={(next) => go(next)} />}
      <SameFile one={one} />
      {at === 'columns' && one.state === 'planned' && <ColumnsStep key={one.import_id} one={one} onNext={(to) => go('check', to)} />}
      {at === 'check' && one.state === 'planned' && <CheckStep key={one.import_id} one={one} onColumns={() => go('columns')} onPlanned={(to) => go('check', to)} onApplied={() => go('run')} refetch={() => void asked.refetch()} />}
      {isMoving(one.state) && <RunStep one={one} progress={asked.data.progress ?? null} planning={step === 'columns' || step === 'check' || step === undefined} />}
      {at === 'result' && <ResultStep key={one.import_id} one={one} refetch={() => void asked.refetch()} />}
    </Stack>
  );
}

function stepOf(one: Import, wanted: string | undefined): Step {
  if (one.state === 'planned') {
    // A file opens at its columns; a batch of a program has none.
    if (wanted === 'check' || (readingOf(one).columns ?? []).length === 0) return 'check';
    return 'columns';
  }
  if (one.state === 'running') return wanted === 'run' ? 'run' : wanted === 'check' ? 'check' : 'columns';
  return one.state === 'undoing' ? 'run' : 'result';
}

function Head({ one }: { one: Import }) {
  const format = useFormat();
  const actor = useActorName();
  return (
    <Stack gap={4}>
      <Text size="sm"><Anchor component={Link} to="/imports">Imports</Anchor></Text>
      <Group gap="sm">
        <Title order={1} size="h2" style={{ overflowWrap: 'anywhere' }}>{nameOf(one)}</Title>
        <StateBadge state={one.state} />
      </Group>
      <Text size="sm" c="dimmed">
        {format.date_time(one.started_at)}, {actor(one.actor)}
        {one.raw_bytes > 0 && `, ${bytesText(one.raw_bytes)}`}
      </Text>
    </Stack>
  );
}

function SameFile({ one }: { one: Import }) {
  const earlier = useSameAs(one);
  const format = useFormat();
  if (one.same_as === null || one.state !== 'planned' || one.replay_of !== null) return null;
  return (
    <Notice title="This file was imported before">
      <Text size="sm">
        It is the very same file as <Anchor component={Link} to="/imports/$id" params={{ id: one.same_as } as never}>{earlier ? `the import of ${format.date_time(earlier)}` : 'an earlier import'}</Anchor>. Nothing happens twice: what is already here stays as it is.
      </Text>
    </Notice>
  );
}

function useSameAs(one: Import): string | null {
  const earlier = useImport(one.same_as ?? one.import_id);
  return one.same_as !== null && earlier.data ? earlier.data.import.started_at : null;
}
