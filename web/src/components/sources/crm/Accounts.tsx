// The accounts of one CRM that the workspace is connected to: how each does, and what can be asked of it.
import { api, need } from '@/api/client';
import { keys } from '@/api/keys';
import { useFormat } from '@/format/use_format';
import { useSession } from '@/session/session';
import { Ago } from '@/ui/Ago';
import { Dialog } from '@/ui/Dialog';
import { notifyDone, notifyFailed } from '@/ui/undo';
import { Alert, Badge, Button, Card, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Connection } from '../workspace';
import { ConnectAccount } from './ConnectAccount';

export function Account({ account, name, consents }: { account: Connection; name: string; consents: boolean }) {
  const session = useSession();
  const cache = useQueryClient();
  const [again, setAgain] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const navigate = useNavigate();
  const path = { path: { id: account.connection_id } };
  const looked = () => cache.invalidateQueries({ queryKey: keys.connections });
  const all = useMutation({
    mutationFn: () => need(api.POST('/api/sales/connections/{id}/import', { params: path, body: { dry_run: false } })),
    onSuccess: (said) => void navigate({ to: '/imports/$id', params: { id: said.import.import_id } }),
    onError: (error) => notifyFailed(error, 'The import did not begin.'),
  });
  const compare = useMutation({
    mutationFn: () => need(api.POST('/api/sales/connections/{id}/compare', { params: path })),
    onSuccess: () => notifyDone('Both sides are being compared.'),
    onError: (error) => notifyFailed(error, 'They could not be compared.'),
  });
  const leave = useMutation({
    mutationFn: () => need(api.DELETE('/api/sales/connections/{id}', { params: path })),
    onSuccess: async () => {
      setLeaving(false);
      await looked();
      notifyDone(`${account.name} is disconnected. Its deals stay.`);
    },
    onError: (error) => notifyFailed(error, 'It is still connected.'),
  });
  const connected = account.state === 'connected';
  const mayWrite = session.can('write');
  const mayManage = session.can('administer');
  return (
    <Card withBorder padding="md" component="section" aria-label={account.name}>
      <Stack gap="sm">
        <Group justify="space-between" gap="sm">
          <Group gap="sm">
            <Text fw={600}>{account.name}</Text>
            <Badge variant="light" color={connected ? 'teal' : 'red'} tt="none">{connected ? 'Connected' : 'Needs to be connected again'}</Badge>
          </Group>
          <Text size="sm" c="dimmed">{name} account {account.account_id}</Text>
        </Group>
        <Standing account={account} name={name} />
        {again && <ConnectAccount again={account} consents={consents} onDone={() => setAgain(false)} />}
        <Group gap="xs">
          {mayWrite && connected && <Button size="xs" loading={all.isPending} onClick={() => all.mutate()}>Import everything</Button>}
          {mayWrite && connected && <Button size="xs" variant="default" loading={compare.isPending} onClick={() => compare.mutate()}>Compare both sides</Button>}
          {mayManage && !again && <Button size="xs" variant={connected ? 'default' : 'filled'} onClick={() => setAgain(true)}>Connect again</Button>}
          {mayManage && <Button size="xs" variant="default" onClick={() => setLeaving(true)}>Disconnect</Button>}
        </Group>
      </Stack>
      <Dialog opened={leaving} onClose={() => setLeaving(false)} title={`Disconnect ${account.name}?`}>
        <Text size="sm">Its changes no longer come in, and its token is deleted here. Deals that came from it stay.</Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={() => setLeaving(false)}>Keep it</Button>
          <Button color="red" loading={leave.isPending} onClick={() => leave.mutate()}>Disconnect</Button>
        </Group>
      </Dialog>
    </Card>
  );
}

// How the account does, in sentences.
function Standing({ account, name }: { account: Connection; name: string }) {
  const format = useFormat();
  const { balance, trouble, waiting } = account;
  return (
    <Stack gap={4}>
      {account.state === 'needs_reauth' && <Alert color="red" variant="light" role="status">{name} no longer accepts the token. Events are still kept, and read once there is a new one.</Alert>}
      {account.state === 'connected' && trouble && <Alert color="red" variant="light" role="status">The last call failed <Ago at={trouble.at} />: {trouble.message}. It is tried again by itself.</Alert>}
      <Text size="sm">{account.last_asked_at ? <>Last asked for changes <Ago at={account.last_asked_at} />.</> : 'Not yet asked for changes.'}{waiting > 0 && ` ${format.number(waiting)} ${waiting === 1 ? 'record waits' : 'records wait'} to be read.`}</Text>
      {balance && (
        <Text size="sm">
          Compared <Ago at={balance.at} />: {format.number(balance.theirs)} deals there, {format.number(balance.ours)} here
          {balance.read_again === 0 ? '; nothing differs.' : `; ${format.number(balance.missing)} missing, ${format.number(balance.surplus)} too many, ${format.number(balance.differing)} with another amount. They were read again.`}
        </Text>
      )}
      <Text size="xs" c="dimmed">{format.number(account.calls.made)} calls since the server started, at most {format.number(account.calls.limit_per_10_s)} in 10 seconds{account.calls.throttled > 0 && `; ${format.number(account.calls.throttled)} times asked to wait`}.</Text>
    </Stack>
  );
}
