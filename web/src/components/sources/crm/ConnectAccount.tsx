// Connecting an account with the token of a private app; or giving a connection a new one.
import { api, need } from '@/api/client';
import { keys } from '@/api/keys';
import { CopyButton } from '@/ui/CopyButton';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { Alert, Button, Code, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import type { Connection } from '../workspace';

interface Props {
  again?: Connection;
  consents?: boolean; // HubSpot can be asked by its own page
  onDone?: () => void;
}

// What HubSpot gave to somebody it sends back here; taken out of the address at once.
function takeGiven() {
  const query = new URLSearchParams(window.location.search);
  const code = query.get('code');
  const state = query.get('state');
  if (code === null && query.get('error') === null) return null;
  History.prototype.replaceState.call(window.history, window.history.state, '', window.location.pathname); // past the router: no navigation
  return code && state ? { code, state } : null;
}

export function ConnectAccount({ again, consents, onDone }: Props) {
  const cache = useQueryClient();
  const [name, setName] = useState('');
  const [token, setToken] = useState('');
  const [secret, setSecret] = useState('');
  const [missing, setMissing] = useState(false);
  const connect = useMutation({
    mutationFn: async (given: { code: string; state: string } | null) => {
      if (given) return need(api.POST('/api/sales/connections/complete', { body: given }));
      const body = { system: 'hubspot' as const, auth: 'private_app' as const, token: token.trim(), ...(name.trim() && { name: name.trim() }), ...(secret.trim() && { signing_secret: secret.trim() }) };
      if (again) return need(api.POST('/api/sales/connections/{id}/reconnect', { params: { path: { id: again.connection_id } }, body }));
      return need(api.POST('/api/sales/connections', { body }));
    },
    onSuccess: async () => {
      setToken('');
      setSecret('');
      await cache.invalidateQueries({ queryKey: keys.connections });
      onDone?.();
    },
  });
  const back = useRef(false);
  const { mutate } = connect;
  useEffect(() => {
    const given = again || back.current ? null : takeGiven();
    back.current = true;
    if (given) mutate(given);
  }, [again, mutate]);
  const consent = useMutation({
    mutationFn: () => need(api.POST('/api/sales/connections/authorize', { body: { system: 'hubspot', name: name.trim(), connection_id: again?.connection_id ?? '' } })),
    onSuccess: (said) => window.location.assign(said.authorize_url),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(!token.trim());
    if (token.trim()) connect.mutate(null);
  };
  if (connect.data?.webhook_url) return <Address url={window.location.origin + connect.data.webhook_url} name={connect.data.connection.name} />;
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        {!again && <TextInput label="Name" description="To tell it from others, e.g. Sales EU. Left out, it has its number." value={name} onChange={(event) => setName(event.currentTarget.value)} maxLength={100} />}
        {consents && <Group><Button loading={consent.isPending} onClick={() => consent.mutate()}>Sign in to HubSpot</Button><Text size="sm">or with a private app:</Text></Group>}
        {consent.isError && <ErrorAlert error={consent.error} />}
        <PasswordInput label="Token of the private app" required value={token} error={missing && 'Paste the token here.'} onChange={(event) => setToken(event.currentTarget.value)} autoComplete="off" />
        <PasswordInput label="Client secret of the app" description="It signs the webhooks. Without it, changes are asked for once a minute." value={secret} onChange={(event) => setSecret(event.currentTarget.value)} autoComplete="off" />
        {connect.isError && <ErrorAlert error={connect.error} />}
        <Group gap="xs">
          <Button type="submit" variant={consents ? 'default' : 'filled'} loading={connect.isPending}>{again ? 'Use this token' : 'Connect'}</Button>
          {again && <Button variant="default" onClick={onDone}>Leave it</Button>}
        </Group>
      </Stack>
    </form>
  );
}

// It holds a secret, so it is shown once.
function Address({ url, name }: { url: string; name: string }) {
  return (
    <Alert color="teal" variant="light" title={`${name} is connected`} role="status">
      <Stack gap="xs">
        <Text size="sm">Put this address into the app’s webhooks in HubSpot. It holds a secret and is shown only now.</Text>
        <Group gap="sm">
          <Code style={{ overflowWrap: 'anywhere' }}>{url}</Code>
          <CopyButton value={url} label="Copy address" />
        </Group>
      </Stack>
    </Alert>
  );
}
