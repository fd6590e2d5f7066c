// What both CRMs have in common: the accounts that are connected, connecting one, the address to give the CRM, and how the last events went.
import { useSession } from '@/session/session';
import { Ago } from '@/ui/Ago';
import { CopyButton } from '@/ui/CopyButton';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { ListSkeleton } from '@/ui/Skeletons';
import { Card, Code, Group, List, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useFormat } from '@/format/use_format';
import type { SourceHealth } from '@/api/agreed';
import { useConnections, useSourceHealth } from '../workspace';
import { Account } from './Accounts';
import { ConnectAccount } from './ConnectAccount';

interface Props {
  system: 'hubspot' | 'salesforce';
  name: string;
  path: string;
  app?: string[]; // steps to an app whose token connects an account; left out, none can be connected yet
  steps: string[]; // to send changes without a connection
}

export function CrmTab({ system, name, path, app, steps }: Props) {
  const session = useSession();
  const connections = useConnections();
  const health = useSourceHealth();
  const known = connections.data?.systems.find((each) => each.system === system) ?? null;
  const accounts = connections.data?.connections.filter((each) => each.system === system) ?? [];
  const consents = known?.connectable.includes('oauth') ?? false;
  const query = new URLSearchParams({ workspace_id: session.workspace_id, tenant_id: session.tenant_id }).toString();
  const address = window.location.origin + (known?.webhook_url ?? `${path}?${query}`);
  const source = health.data?.sources.find((each) => each.source === system) ?? null;
  return (
    <Stack gap="lg">
      {connections.isPending && <ListSkeleton rows={2} />}
      {connections.isError && <ErrorAlert error={connections.error} onRetry={() => void connections.refetch()} />}
      {accounts.map((account) => <Account key={account.connection_id} account={account} name={name} consents={consents} />)}
      {app && session.can('administer') && <Connect name={name} app={app} another={accounts.length > 0} consents={consents} />}
      {app && !session.can('administer') && accounts.length === 0 && <Text size="sm" c="dimmed">No account of {name} is connected. An administrator can connect one here.</Text>}
      <Stack gap="xs">
        <Title order={3} size="h5">{app ? `Without a connection: have ${name} send every change` : `Have ${name} send every change`}</Title>
        <List type="ordered" size="sm" spacing={6}>
          {steps.map((step) => <List.Item key={step}>{step}</List.Item>)}
        </List>
        <Text size="sm" fw={500} mt="xs">Address</Text>
        <Group gap="sm">
          <Code style={{ overflowWrap: 'anywhere' }}>{address}</Code>
          <CopyButton value={address} label="Copy address" />
        </Group>
      </Stack>
      {source && <LastEvents name={name} source={source} />}
    </Stack>
  );
}

function Connect({ name, app, another, consents }: { name: string; app: string[]; another: boolean; consents: boolean }) {
  return (
    <Card withBorder padding="md">
      <Stack gap="sm">
        <Title order={3} size="h5">{another ? `Connect another account of ${name}` : `Connect ${name}`}</Title>
        <List type="ordered" size="sm" spacing={6}>
          {app.map((step) => <List.Item key={step}>{step}</List.Item>)}
        </List>
        <ConnectAccount consents={consents} />
      </Stack>
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
