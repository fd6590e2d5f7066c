// Keys for programs: made, shown once, revoked.
import { api, need, type Schemas } from '@/api/client';
import { keys } from '@/api/keys';
import { roleWords } from '@/format/words';
import { Ago } from '@/ui/Ago';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { ListSkeleton } from '@/ui/Skeletons';
import { notifyDone, notifyFailed } from '@/ui/undo';
import { Dialog } from '@/ui/Dialog';
import { Button, Group, Switch, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import IconKey from '@tabler/icons-react/dist/esm/icons/IconKey.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useState } from 'react';
import { MakeKey } from './MakeKey';
import { Section } from './Section';
import classes from './settings.module.css';

type Key = Schemas['Key'];
const nameOf = (key: Key) => key.label ?? key.key_id;

function Row({ apiKey, onRevoke }: { apiKey: Key; onRevoke: () => void }) {
  return (
    <li className={classes.row}>
      <div className={classes.who}>
        <Text size="sm" fw={600}>{nameOf(apiKey)}</Text>
        <Text size="xs" c="dimmed">{apiKey.key_id} · made <Ago at={apiKey.created_at} /></Text>
      </div>
      <Text size="sm" w={90}>{roleWords[apiKey.role]}</Text>
      {apiKey.revoked_at === null
        ? <Button size="xs" variant="default" onClick={onRevoke} aria-label={`Revoke ${nameOf(apiKey)}`}>Revoke</Button>
        : <Text size="xs" c="dimmed">Revoked <Ago at={apiKey.revoked_at} /></Text>}
    </li>
  );
}

function Revoke({ apiKey, onClose }: { apiKey: Key | null; onClose: () => void }) {
  const cache = useQueryClient();
  const [busy, setBusy] = useState(false);
  const revoke = async (key: Key) => {
    setBusy(true);
    try {
      await need(api.DELETE('/api/sales/keys/{key_id}', { params: { path: { key_id: key.key_id } } }));
      await cache.invalidateQueries({ queryKey: keys.apiKeys });
      notifyDone(`${nameOf(key)} was revoked.`);
      onClose();
    } catch (error) {
      notifyFailed(error, 'The key was not revoked.');
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog opened={apiKey !== null} onClose={onClose} title="Revoke this key?">
      <Text size="sm">Programs that use {apiKey ? nameOf(apiKey) : 'it'} are refused at once. This cannot be undone.</Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>Keep it</Button>
        <Button color="red" loading={busy} onClick={() => apiKey && void revoke(apiKey)}>Revoke</Button>
      </Group>
    </Dialog>
  );
}

export default function ApiKeys() {
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<Key | null>(null);
  const [withRevoked, setWithRevoked] = useState(false);
  const found = useQuery({ queryKey: keys.apiKeys, queryFn: ({ signal }) => need(api.GET('/api/sales/keys', { signal })), select: (said) => said.keys });
  const shown = found.data?.filter((key) => withRevoked || key.revoked_at === null) ?? [];
  return (
    <Section
      title="API keys"
      text="A key lets a program send or read deals. Give each program its own, so that one can be taken away alone."
      action={<Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setMaking(true)}>New key</Button>}
    >
      {found.isPending && <ListSkeleton rows={4} />}
      {found.error && <ErrorAlert error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && shown.length === 0 && <EmptyState icon={IconKey} title="No key yet" text="Make one to send deals from another program." />}
      <ul className={classes.rows}>{shown.map((key) => <Row key={key.key_id} apiKey={key} onRevoke={() => setRevoking(key)} />)}</ul>
      {found.data?.some((key) => key.revoked_at !== null) && <Switch mt="md" size="xs" label="Show revoked keys" checked={withRevoked} onChange={(event) => setWithRevoked(event.currentTarget.checked)} />}
      <MakeKey opened={making} onClose={() => setMaking(false)} />
      <Revoke apiKey={revoking} onClose={() => setRevoking(null)} />
    </Section>
  );
}
