// Oneself: who, with which role; password, keys, signing out.
import { keys } from '@/api/keys';
import { ask } from '@/api/agreed';
import { roleWords } from '@/format/words';
import { useSession } from '@/session/session';
import { notifyFailed } from '@/ui/undo';
import { Menu, Text, UnstyledButton } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import IconKeyboard from '@tabler/icons-react/dist/esm/icons/IconKeyboard.mjs';
import IconLock from '@tabler/icons-react/dist/esm/icons/IconLock.mjs';
import IconLogout from '@tabler/icons-react/dist/esm/icons/IconLogout.mjs';
import { useKeySheet } from './KeySheet';
import classes from './shell.module.css';

const initials = (name: string) => name.split(/\s+/).map((word) => word.slice(0, 1)).slice(0, 2).join('').toUpperCase() || '•';

export function PersonMenu() {
  const { person, role } = useSession();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const showKeys = useKeySheet();
  const signOut = async () => {
    try {
      await ask('POST', '/api/auth/sign-out');
    } catch (error) {
      return notifyFailed(error, 'You are still signed in.');
    }
    await navigate({ to: '/sign-in', search: {} });
    cache.removeQueries({ predicate: (query) => query.queryKey[0] !== keys.me[0] });
    cache.removeQueries({ queryKey: keys.me });
  };
  return (
    <Menu position="bottom-end" width={230} withinPortal>
      <Menu.Target>
        <UnstyledButton className={classes.me} aria-label={`${initials(person?.name ?? '')}, your account`}>
          <span className={classes.person} aria-hidden>{initials(person?.name ?? '')}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} c="var(--mantine-color-text)" truncate>{person?.name ?? 'API key'}</Text>
          {person && <Text size="xs" c="dimmed" truncate>{person.email}</Text>}
          <Text size="xs" c="dimmed">{roleWords[role]}</Text>
        </Menu.Label>
        <Menu.Divider />
        {person && (
          <Menu.Item leftSection={<IconLock size={16} aria-hidden />} onClick={() => void navigate({ to: '/settings', search: { tab: 'password' } })}>
            Change password
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconKeyboard size={16} aria-hidden />} onClick={showKeys}>Keyboard shortcuts</Menu.Item>
        {person && (
          <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut()}>Sign out</Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
