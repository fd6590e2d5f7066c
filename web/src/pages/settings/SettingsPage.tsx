// Settings: people, API keys, the workspace, one's password. What a role may not do it does not see.
import { useSession } from '@/session/session';
import { ListSkeleton } from '@/ui/Skeletons';
import { Stack, Tabs, Title } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';

const People = lazy(() => import('./People'));
const ApiKeys = lazy(() => import('./ApiKeys'));
const Workspace = lazy(() => import('./Workspace'));
const Password = lazy(() => import('./Password'));

export default function SettingsPage() {
  const { tab } = useSearch({ from: '/inside/settings' });
  const navigate = useNavigate();
  const { can, person } = useSession();
  const tabs = [
    { value: 'people', name: 'People', part: People, shown: true },
    { value: 'keys', name: 'API keys', part: ApiKeys, shown: can('administer') },
    { value: 'workspace', name: 'Workspace', part: Workspace, shown: can('administer') },
    { value: 'password', name: 'Password', part: Password, shown: person !== null },
  ].filter((one) => one.shown);
  const open = tabs.find((one) => one.value === tab)?.value ?? 'people';
  return (
    <Stack gap="md" maw={960}>
      <Title order={1} size="h3">Settings</Title>
      <Tabs value={open} onChange={(value) => void navigate({ to: '/settings', search: { tab: value ?? undefined }, replace: true })} keepMounted={false}>
        <Tabs.List mb="lg">{tabs.map(({ value, name }) => <Tabs.Tab key={value} value={value}>{name}</Tabs.Tab>)}</Tabs.List>
        {tabs.map(({ value, part: Part }) => (
          <Tabs.Panel key={value} value={value}>
            <Suspense fallback={<ListSkeleton />}><Part /></Suspense>
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  );
}
