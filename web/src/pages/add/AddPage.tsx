// Adding deals as a page of its own, at /add and /add/<source>.
import DealIngestionPanel from '@/components/dashboards/DealIngestionPanel';
import { Stack, Title } from '@mantine/core';
import { useNavigate, useParams } from '@tanstack/react-router';

export default function AddPage() {
  const { source } = useParams({ strict: false });
  const navigate = useNavigate();
  return (
    <Stack gap="lg" maw={1040} mx="auto">
      <Title order={1} size="h2">Add deals</Title>
      <DealIngestionPanel
        source={(source ?? 'manual').replaceAll('-', '_')}
        onSourceChange={(next) => void navigate({ to: '/add/$source', params: { source: next }, replace: true })}
        onDone={() => void navigate({ to: '/' })}
      />
    </Stack>
  );
}
