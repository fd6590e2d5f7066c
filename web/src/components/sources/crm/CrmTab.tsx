// What both CRMs have in common: the state the server reports, the address to give them, steps, and how the last events went.
import { useSession } from '@/session/session';
import { Ago } from '@/ui/Ago';
import { CopyButton } from '@/ui/CopyButton';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { ListSkeleton } from '@/ui/Skeletons';
import { Badge, Button, Card, Code, Group, List, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useFormat } from '@/format/use_format';
import type { SourceHealth } from '@/api/agreed';
import { useConnections, useSourceHealth, type Connection } from '../workspace';

interface Props {
  system: 'hubspot' | 'salesforce';
  name: string;
  path: string;
  steps: string[];
}

const STATES: Record<string, string> = { not_connected: 'Not connected', connected: 'Connected', none: 'Not connected' };

export function CrmTab({ system, name, path, steps }: Props) {
  const session = useSession();
  const connections = useConnections();
  const health = useSourceHealth();
  const connection = connections.data?.connections.find((each) => each.system === system) ?? null;
  const query = new URLSearchParams({ workspace_id: session.workspace_id, tenant_id: session.tenant_id }).toString();
  const address = window.location.origin + (connection?.webhook_url ?? `${path}?${query}`);
  const source = health.data?.sources.find((each) => each.source === system) ?? null;
  return (
    <Stack gap="lg">
      {connections.isPending ? <ListSkeleton rows={2} /> : connections.isError ? <ErrorAlert error={connections.error} onRetry={() => void connections.refetch()} /> : <State name={name} connection={connection} />}
      <Stack gap="xs">
        <Title order={3} size="h5">Have {name} send every change</Title>
        <List type="ordered" size="sm" spacing={6}>
          {steps.map((step) => <List.Item key={step}>{step}</List.Item>)}
        </List>
        <Text size="sm" fw={500} mt="xs">Address</Text>
        <Group gap="sm">
          <Code style={{ overflowWrap: 'anywhere' }}>{address}</Code>
          <CopyButton value={address} label="Copy address" />
        </Group>
        <Text size="sm" c="dimmed">Have deals in {name} already? Export them as CSV and drop the file in the tab CSV file: its columns are known.</Text>
      </Stack>
      {source && <LastEvents name={name} source={source} />}
    </Stack>
  );
}

function State({ name, connection }: { name: string; connection: Connection | null }) {
  const state = connection?.state ?? 'not_connected';
  const connected = state === 'connected';
  return (
    <Card withBorder padding="md">
      <Group justify="space-between" gap="md">
        <Stack gap={4} style={{ flex: '1 1 260px' }}>
          <Group gap="sm">
            <Text fw={600}>{name}</Text>
            <Badge variant="light" color={connected ? 'teal' : 'gray'} tt="none">{STATES[state] ?? state.replaceAll('_', ' ')}</Badge>
          </Group>
          <Text size="sm" c="dimmed">{connected ? `Deals of ${name} come in by themselves.` : `Signing in to ${name} from here is not there yet. Until then, ${name} can send its changes to the address below.`}</Text>
          {connection?.last_event_at && <Text size="sm">Last event <Ago at={connection.last_event_at} />.</Text>}
        </Stack>
        <Button disabled>Connect</Button>
      </Group>
    </Card>
  );
}

function LastEvents({ name, source }: { name: string; source: SourceHealth }) {
  const format = useFormat();
  if (source.last_event_at === null) return <Text size="sm" c="dimmed">Nothing has come from {name} yet.</Text>;
  const figures: [string, string][] = [
    ['Received', format.number(source.received)],
    ['Taken', format.number(source.succeeded)],
    ['Refused', format.number(source.rejected)],
    ['Success', source.success_rate === null ? '–' : format.share(source.success_rate)],
  ];
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">Last {source.window_hours} hours</Title>
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        {figures.map(([label, value]) => (
          <Stack key={label} gap={0}>
            <Text size="xs" c="dimmed">{label}</Text>
            <Text fw={600}>{value}</Text>
          </Stack>
        ))}
      </SimpleGrid>
      <Text size="sm">Last event <Ago at={source.last_event_at} />.</Text>
      {source.last_error && <Text size="sm">Last refusal <Ago at={source.last_error.at} />: {source.last_error.message}</Text>}
    </Stack>
  );
}
