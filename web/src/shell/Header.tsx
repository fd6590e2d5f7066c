// The top of every page: where one is, whether it is live, adding a deal, and oneself.
import { useSession } from '@/session/session';
import { ActionIcon, Button, Group, Text } from '@mantine/core';
import { Link, useLocation } from '@tanstack/react-router';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useAddDeal } from './add_deal';
import { ColorScheme } from './ColorScheme';
import { Connection } from './Connection';
import { PersonMenu } from './PersonMenu';
import { SearchButton } from './SearchButton';
import classes from './shell.module.css';

export function Header() {
  const session = useSession();
  const addDeal = useAddDeal();
  const atHome = useLocation({ select: ({ pathname }) => pathname === '/' }); // the command center has its own button
  return (
    <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="sm">
      <Group gap="md" wrap="nowrap" miw={0}>
        <Link to="/" className={classes.brand} aria-label="Tributary, home">
          <img src="/favicon.svg" alt="" width={24} height={24} />
          <Text component="span" fw={700} visibleFrom="xs">Tributary</Text>
        </Link>
        <Text size="sm" c="dimmed" truncate>{session.workspace_id}</Text>
      </Group>
      <Group gap="xs" wrap="nowrap">
        <Connection />
        <SearchButton />
        {session.can('write') && !atHome && (
          <>
            <Button size="sm" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => addDeal()} visibleFrom="sm">Add deal</Button>
            <ActionIcon hiddenFrom="sm" size="lg" aria-label="Add deal" onClick={() => addDeal()}><IconPlus size={19} aria-hidden /></ActionIcon>
          </>
        )}
        <ColorScheme />
        <PersonMenu />
      </Group>
    </Group>
  );
}
